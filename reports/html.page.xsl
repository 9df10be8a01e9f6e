<?xml version="1.0" encoding="UTF-8"?>
<!-- The page: everything but the cases, which html.case.xsl puts where the two marks stand.
     No link leaves the page; no attribute holds text of a system under test. Everything can be read
     without the script, which only filters, sorts and jumps. Colours of policies stand in bgcolor and
     font: a security policy that allows styles by digest allows no style attributes. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:r="urn:muster:result:1" exclude-result-prefixes="r">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

  <xsl:template match="/r:run">
    <html lang="en">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{r:style-digest}'; script-src 'sha256-{r:script-digest}'; base-uri 'none'; form-action 'none'"/>
        <meta name="referrer" content="no-referrer"/>
        <xsl:if test="@live"><meta http-equiv="refresh" content="{@live}"/></xsl:if>
        <meta name="color-scheme" content="light dark"/>
        <title><xsl:value-of select="concat(r:sut/@name, ' ', r:sut/@version, ' : ', r:profile/@id, ' : Muster')"/></title>
        <style><xsl:value-of select="r:style"/></style>
      </head>
      <body>
        <a class="skip" href="#summary">Skip to the summary</a>
        <div class="top">
          <xsl:call-template name="banner"><xsl:with-param name="where" select="'at-top'"/></xsl:call-template>
          <xsl:call-template name="head"/>
        </div>
        <main>
          <xsl:call-template name="summary"/>
          <xsl:if test="r:matrix"><xsl:call-template name="matrices"/></xsl:if>
          <xsl:call-template name="issues"/>
          <xsl:call-template name="table"/>
          <section id="cases" aria-labelledby="h-cases">
            <h2 id="h-cases">Cases in detail</h2>
            <xsl:if test="@folded">
              <p class="hint">This run is long: what passed stands in the table alone; of the others the first 200 stand here in full, the next 1,000 in one line each. The evidence folder holds everything.</p>
            </xsl:if>
            <xsl:comment>cases:sections</xsl:comment>
          </section>
          <xsl:if test="r:merged"><xsl:call-template name="merged"/></xsl:if>
          <xsl:if test="r:opinion"><xsl:call-template name="opinions"/></xsl:if>
          <xsl:if test="r:expect"><xsl:call-template name="expectations"/></xsl:if>
          <xsl:call-template name="clauses"/>
          <xsl:call-template name="rules"/>
          <xsl:if test="r:capability or r:adapter"><xsl:call-template name="capabilities"/></xsl:if>
          <xsl:if test="r:journey"><xsl:call-template name="journey"/></xsl:if>
          <xsl:if test="r:quantiles"><xsl:call-template name="speed"/></xsl:if>
          <xsl:call-template name="trust"/>
          <xsl:call-template name="health"/>
          <xsl:call-template name="how"/>
        </main>
        <xsl:call-template name="banner"><xsl:with-param name="where" select="'at-bottom'"/></xsl:call-template>
        <xsl:if test="r:script"><script><xsl:value-of select="r:script"/></script></xsl:if>
      </body>
    </html>
  </xsl:template>

  <!-- How high the labels of the run go, each in the colours of its policy, and that all of it is exercise. -->
  <xsl:template name="banner">
    <xsl:param name="where"/>
    <div class="banner {$where}" role="note" aria-label="Marking of this report">
      <xsl:for-each select="r:marking">
        <table class="mark" role="presentation"><tr><td>
          <xsl:if test="@colour"><xsl:attribute name="bgcolor"><xsl:value-of select="@colour"/></xsl:attribute></xsl:if>
          <xsl:choose>
            <xsl:when test="@text-colour"><font color="{@text-colour}"><xsl:value-of select="r:text"/></font></xsl:when>
            <xsl:otherwise><xsl:value-of select="r:text"/></xsl:otherwise>
          </xsl:choose>
        </td></tr></table>
      </xsl:for-each>
      <span class="exercise"><xsl:value-of select="r:banner"/></span>
    </div>
  </xsl:template>

  <xsl:template name="head">
    <header class="bar">
      <div class="in">
        <strong class="who"><xsl:value-of select="r:sut/@name"/><xsl:if test="not(r:sut/@name)"><xsl:value-of select="r:sut/@id"/></xsl:if>
          <xsl:text> </xsl:text><span class="dim"><xsl:value-of select="r:sut/@version"/></span></strong>
        <span class="chips" aria-label="Verdicts">
          <xsl:for-each select="r:count[@n &gt; 0]">
            <span class="chip"><b class="g {@verdict}"><xsl:call-template name="letter"/></b><xsl:text> </xsl:text><xsl:value-of select="@n"/><span class="sr"><xsl:value-of select="concat(' ', @verdict)"/></span></span>
          </xsl:for-each>
        </span>
        <nav aria-label="Parts of this page">
          <a href="#summary">Summary</a>
          <xsl:if test="r:matrix"><a href="#matrix">Matrix</a></xsl:if>
          <xsl:if test="r:issue"><a href="#issues">Issues</a></xsl:if>
          <a href="#table">Table</a>
          <a href="#cases">Cases</a>
          <a href="#clauses">Clauses</a>
          <a href="#rules">Rules</a>
          <xsl:if test="r:capability or r:adapter"><a href="#capabilities">Capabilities</a></xsl:if>
          <xsl:if test="r:journey"><a href="#journey">Labels</a></xsl:if>
          <xsl:if test="r:quantiles"><a href="#speed">Speed</a></xsl:if>
          <a href="#trust">Trust</a>
          <a href="#how">How to read</a>
        </nav>
      </div>
    </header>
  </xsl:template>

  <xsl:template name="letter">
    <xsl:choose>
      <xsl:when test="@verdict = 'pass'">P</xsl:when>
      <xsl:when test="@verdict = 'remarks'">R</xsl:when>
      <xsl:when test="@verdict = 'inconclusive'">I</xsl:when>
      <xsl:when test="@verdict = 'fail'">F</xsl:when>
      <xsl:when test="@verdict = 'error'">E</xsl:when>
      <xsl:otherwise>N</xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="summary">
    <section id="summary" aria-labelledby="h-summary">
      <p class="over">Interoperability report · <xsl:value-of select="r:profile/@title"/><xsl:if test="not(r:profile/@title)"><xsl:value-of select="r:profile/@id"/></xsl:if></p>
      <h1 id="h-summary">
        <xsl:value-of select="r:sut/@name"/><xsl:if test="not(r:sut/@name)"><xsl:value-of select="r:sut/@id"/></xsl:if>
        <xsl:text> </xsl:text><span class="dim"><xsl:value-of select="r:sut/@version"/></span>
      </h1>
      <xsl:if test="@live">
        <p class="alarm running" role="status">
          <strong>INCOMPLETE</strong><xsl:value-of select="concat(' The run is still going on: ', @done, ' of ', @planned, ' done. This page is made anew while it does, and loads itself again every ', @live, ' seconds.')"/>
          <progress max="{@planned}" value="{@done}"><xsl:value-of select="concat(@done, ' of ', @planned)"/></progress>
        </p>
      </xsl:if>
      <xsl:if test="@state != 'complete' and not(@live)">
        <p class="alarm" role="alert">
          <strong>
            <xsl:choose>
              <xsl:when test="@state = 'interrupted'">INTERRUPTED</xsl:when>
              <xsl:when test="@state = 'corrupt'">CORRUPT</xsl:when>
              <xsl:otherwise>INCOMPLETE</xsl:otherwise>
            </xsl:choose>
          </strong>
          <xsl:choose>
            <xsl:when test="@state = 'interrupted'"> The run was stopped before its end. What stands here is valid, and it is not all.</xsl:when>
            <xsl:when test="@state = 'corrupt'"> The run stream was damaged or changed after it was written. Only what stands before the damage is shown.</xsl:when>
            <xsl:otherwise> The run has no closing line: it was killed, or it is still going on.</xsl:otherwise>
          </xsl:choose>
          <xsl:if test="r:chain/@why"><xsl:text> </xsl:text><xsl:value-of select="concat('Found: ', r:chain/@why, '.')"/></xsl:if>
        </p>
      </xsl:if>
      <xsl:for-each select="r:hidden"><p class="warn"><strong>Not everything is shown.</strong><xsl:value-of select="concat(' ', r:says, '.')"/></p></xsl:for-each>
      <xsl:if test="@miscounted"><p class="alarm"><strong>MISCOUNTED</strong> The closing line of the run counts otherwise than its verdicts do.</p></xsl:if>
      <xsl:if test="@isolation != 'full'"><p class="warn"><strong>Isolation: <xsl:value-of select="@isolation"/>.</strong> The jobs of this run were not fully sealed; it is not fit for an official result.</p></xsl:if>
      <xsl:if test="@content = 'none'"><p class="content"><strong>Without content.</strong> The run kept nothing that was sent or said: texts stand as their size and a keyed digest, and there are no evidence files.<xsl:if test="@content-key"> Key <code class="v"><xsl:value-of select="@content-key"/></code>: runs with the same key can be compared.</xsl:if></p></xsl:if>
      <p class="answer {@worst}"><xsl:value-of select="concat(translate(substring(r:answer, 1, 1), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), substring(r:answer, 2), '.')"/></p>
      <xsl:call-template name="coverage"/>
      <xsl:if test="(@new-failures &gt; 0 and r:digest[@name = 'expectations']/@value) or @unexpected-passes + @reasons-changed + @quarantined + @unclaimed + @unstable + @late + @conflicts + @overridden + @disputed &gt; 0 or r:stale or r:since or r:adapter[@state = 'broken' or @state = 'gone' or @state = 'warned']">
        <ul class="points">
          <xsl:for-each select="r:since">
            <li><strong><xsl:value-of select="@new"/></strong> new since run <code class="v"><xsl:value-of select="@run"/></code><xsl:if test="@version"><xsl:value-of select="concat(' (', @version, ')')"/></xsl:if><xsl:for-each select="r:new[position() &lt; 8]"><xsl:value-of select="substring(': , ', 1 + 2 * (position() &gt; 1), 2)"/><a href="#c{@index}"><xsl:value-of select="@name"/></a></xsl:for-each><xsl:if test="@new &gt; 7"><xsl:value-of select="concat(', and ', @new - 7, ' more')"/></xsl:if></li>
            <li><strong><xsl:value-of select="@fixed"/></strong> fixed since then<xsl:for-each select="r:fixed[position() &lt; 8]"><xsl:value-of select="substring(': , ', 1 + 2 * (position() &gt; 1), 2)"/><code class="v"><xsl:value-of select="@name"/></code></xsl:for-each><xsl:if test="@fixed &gt; 7"><xsl:value-of select="concat(', and ', @fixed - 7, ' more')"/></xsl:if></li>
          </xsl:for-each>
          <xsl:if test="@new-failures &gt; 0 and r:digest[@name = 'expectations']/@value"><li><strong><xsl:value-of select="@new-failures"/></strong> not covered by the expectation file</li></xsl:if>
          <xsl:if test="@unexpected-passes &gt; 0"><li><strong><xsl:value-of select="@unexpected-passes"/></strong> better than expected</li></xsl:if>
          <xsl:if test="@reasons-changed &gt; 0"><li><strong><xsl:value-of select="@reasons-changed"/></strong> with another reason than expected</li></xsl:if>
          <xsl:if test="@quarantined &gt; 0"><li><strong><xsl:value-of select="@quarantined"/></strong> quarantined as flaky: they turn no run red</li></xsl:if>
          <xsl:if test="@unclaimed &gt; 0"><li><strong><xsl:value-of select="@unclaimed"/></strong> tried although the system does not claim what they need: they turn no run red<xsl:call-template name="unclaimed"/></li></xsl:if>
          <xsl:if test="@unstable &gt; 0"><li><strong><xsl:value-of select="@unstable"/></strong> unstable: not all attempts ended alike; the <xsl:value-of select="@final"/> one speaks</li></xsl:if>
          <xsl:if test="@conflicts &gt; 0"><li><strong><xsl:value-of select="@conflicts"/></strong> <a href="#merged">conflicts</a> between the merged runs: the worst verdict stands</li></xsl:if>
          <xsl:if test="@overridden &gt; 0"><li><strong><xsl:value-of select="@overridden"/></strong> <a href="#opinions">overridden</a>: a person says that the verdict should be another; no count above follows it</li></xsl:if>
          <xsl:if test="@disputed &gt; 0"><li><strong><xsl:value-of select="@disputed"/></strong> <a href="#opinions">disputed</a></li></xsl:if>
          <xsl:if test="@late &gt; 0"><li><strong><xsl:value-of select="@late"/></strong> late or unclaimed deliveries</li></xsl:if>
          <xsl:for-each select="r:adapter[@state = 'broken' or @state = 'gone' or @state = 'warned']"><xsl:if test="position() &lt;= 8"><li>Adapter <strong><xsl:value-of select="@id"/></strong><xsl:value-of select="concat(' ', @state)"/><xsl:if test="@what"><xsl:text>: </xsl:text><span class="v"><xsl:value-of select="@what"/></span></xsl:if></li></xsl:if><xsl:if test="position() = 9"><li>more of this under <a href="#capabilities">Capabilities</a></li></xsl:if></xsl:for-each>
          <xsl:for-each select="r:stale"><li>Stale expectation: <code class="v"><xsl:value-of select="."/></code></li></xsl:for-each>
        </ul>
      </xsl:if>
      <dl class="facts">
        <div><dt>System under test</dt><dd><xsl:value-of select="concat(r:sut/@id, ' ', r:sut/@version)"/><xsl:if test="r:sut/@owner"><xsl:value-of select="concat(', ', r:sut/@owner)"/></xsl:if></dd></div>
        <div><dt>Build of it</dt><dd><xsl:call-template name="builds"/></dd></div>
        <div><dt>SUT file</dt><dd><xsl:choose><xsl:when test="r:digest[@name = 'sut']/@value">as given<xsl:call-template name="short"><xsl:with-param name="of" select="'sut'"/></xsl:call-template></xsl:when><xsl:otherwise>none: an adapter speaks for it</xsl:otherwise></xsl:choose></dd></div>
        <div><dt>Profile</dt><dd><xsl:value-of select="concat(r:profile/@id, ' ', r:profile/@version)"/><xsl:call-template name="short"><xsl:with-param name="of" select="'profile'"/></xsl:call-template></dd></div>
        <div><dt>Suite</dt><dd><xsl:value-of select="concat(r:suite/@id, ' revision ', r:suite/@revision)"/><xsl:call-template name="short"><xsl:with-param name="of" select="'suite'"/></xsl:call-template></dd></div>
        <div><dt>Rules</dt><dd><xsl:value-of select="count(r:rule)"/><xsl:text> in force</xsl:text><xsl:call-template name="short"><xsl:with-param name="of" select="'rules'"/></xsl:call-template></dd></div>
        <div><dt>Harness</dt><dd>Muster <xsl:value-of select="@muster"/>, isolation <xsl:value-of select="@isolation"/><xsl:if test="r:adapter[@name]"><br/><xsl:value-of select="concat('adapter ', r:adapter[@name][1]/@name, ' ', r:adapter[@name][1]/@version)"/></xsl:if></dd></div>
        <div class="wide"><dt>Policies</dt><dd><xsl:for-each select="r:policy"><xsl:value-of select="concat(@name, ' ', substring-after(substring-before(@pin, ','), 'version '))"/><xsl:if test="position() != last()"> · </xsl:if></xsl:for-each><xsl:if test="not(r:policy)">none</xsl:if></dd></div>
        <div><dt>Expectations</dt><dd><xsl:choose><xsl:when test="r:digest[@name = 'expectations']/@value">from a file<xsl:call-template name="short"><xsl:with-param name="of" select="'expectations'"/></xsl:call-template></xsl:when><xsl:otherwise>no file given</xsl:otherwise></xsl:choose></dd></div>
        <div><dt>Session</dt><dd><xsl:value-of select="@id"/><xsl:if test="@shard"><br/><xsl:value-of select="concat('shard ', @shard)"/></xsl:if><xsl:if test="r:merged"><br/><a href="#merged"><xsl:value-of select="concat('merged from ', @merged, substring(' runs', 1, 4 + (@merged != 1)))"/></a></xsl:if></dd></div>
        <div><dt>Test time</dt><dd><xsl:value-of select="@test-time"/></dd></div>
        <div><dt>Started, took</dt><dd><xsl:value-of select="@started"/><br/><xsl:choose><xsl:when test="@exit"><xsl:value-of select="format-number(@ms div 1000, '0.000')"/> s</xsl:when><xsl:otherwise>has no end</xsl:otherwise></xsl:choose></dd></div>
        <div><dt>Seed, jobs, exit</dt><dd><xsl:value-of select="concat(@seed, ', ', @jobs, ', ')"/><xsl:value-of select="@exit"/><xsl:if test="not(@exit)">none</xsl:if></dd></div>
        <div><dt>Signature</dt><dd>beside this page, where there is one<br/><a class="hash" href="#verify">manifest.cms, how to check it</a></dd></div>
      </dl>
    </section>
  </xsl:template>

  <!-- The first digits of a digest; all of them stand under Trust. -->
  <xsl:template name="short">
    <xsl:param name="of"/>
    <xsl:if test="r:digest[@name = $of]/@value"><br/><a class="hash" href="#trust"><code><xsl:value-of select="substring(substring-after(concat('sha256:', substring-after(r:digest[@name = $of]/@value, 'sha256:')), ':'), 1, 12)"/></code></a></xsl:if>
  </xsl:template>

  <!-- What its adapters say they speak for, each once. -->
  <xsl:template name="builds">
    <xsl:for-each select="r:adapter[@sut-build][not(@sut-build = preceding-sibling::r:adapter/@sut-build)]"><code class="v"><xsl:value-of select="@sut-build"/></code><br/></xsl:for-each>
    <xsl:if test="not(r:adapter/@sut-build)"><span class="dim">not stated: no adapter said it</span></xsl:if>
  </xsl:template>

  <xsl:template name="coverage">
    <figure class="cover">
      <svg viewBox="0 0 1000 22" preserveAspectRatio="none" role="img" aria-label="Share of each verdict">
        <xsl:for-each select="r:count[@n &gt; 0]">
          <rect class="f-{@verdict}" x="{@x}" y="0" width="{@width}" height="22"/>
        </xsl:for-each>
      </svg>
      <figcaption>
        <xsl:for-each select="r:count[@n &gt; 0]">
          <span class="key"><b class="g {@verdict}"><xsl:call-template name="letter"/></b><xsl:value-of select="concat(' ', @n, ' ', @verdict)"/></span>
        </xsl:for-each>
        <span class="key dim"><xsl:value-of select="concat(@ran, ' run of ', @applicable, ' applicable of ', @catalogue, ' in the catalogue')"/><xsl:if test="@unseen &gt; 0"><xsl:value-of select="concat(', ', @unseen, ' not reached')"/></xsl:if></span>
      </figcaption>
      <xsl:if test="r:left-out">
        <details class="why"><summary>Why <xsl:value-of select="r:count[@verdict='not-run']/@n"/> did not run</summary>
          <table class="plain">
            <thead><tr><th scope="col">Cases</th><th scope="col">Reason</th><th scope="col">Meaning</th></tr></thead>
            <tbody>
              <xsl:for-each select="r:left-out"><tr><td class="n"><xsl:value-of select="@n"/></td><td><code class="v"><xsl:value-of select="@reason"/></code></td><td><xsl:choose><xsl:when test="../@live and @reason = 'interrupted'">running now</xsl:when><xsl:otherwise><xsl:value-of select="r:meaning"/></xsl:otherwise></xsl:choose></td></tr></xsl:for-each>
            </tbody>
          </table>
        </details>
      </xsl:if>
    </figure>
  </xsl:template>

  <xsl:template name="issues">
    <xsl:if test="r:issue">
      <section id="issues" aria-labelledby="h-issues">
        <h2 id="h-issues">Issues by cause</h2>
        <xsl:apply-templates select="r:issue"/>
      </section>
    </xsl:if>
  </xsl:template>

  <!-- What is wrong in words first; codes, clause and level after it for those who look them up. -->
  <xsl:template match="r:issue">
    <article class="issue e-{@verdict}" id="i{@index}">
      <header>
        <b class="g {@verdict}"><xsl:call-template name="letter"/></b>
        <h3>
          <xsl:choose>
            <xsl:when test="@rule"><xsl:value-of select="concat('Rule ', @rule, ' does not hold: ', r:says)"/></xsl:when>
            <xsl:when test="r:meaning"><xsl:value-of select="concat(translate(substring(r:meaning, 1, 1), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), substring(r:meaning, 2))"/></xsl:when>
            <xsl:otherwise><code class="v"><xsl:value-of select="@reason"/></code></xsl:otherwise>
          </xsl:choose>
        </h3>
        <span class="many"><strong><xsl:value-of select="@count"/></strong><xsl:choose><xsl:when test="@count = 1"> case</xsl:when><xsl:otherwise> cases</xsl:otherwise></xsl:choose></span>
      </header>
      <p class="codes">
        <xsl:value-of select="@verdict"/><xsl:text> · </xsl:text><code class="v"><xsl:value-of select="@reason"/></code>
        <xsl:if test="@control"><xsl:text> · control </xsl:text><code class="v"><xsl:value-of select="@control"/></code></xsl:if>
        <xsl:if test="@attribution"><xsl:value-of select="concat(' · attributed to ', @attribution)"/></xsl:if>
        <xsl:if test="@see"><xsl:text> · </xsl:text><a href="#k{@clause-index}"><xsl:value-of select="concat(@document, ' ', @see)"/></a></xsl:if>
        <xsl:if test="@level"><xsl:value-of select="concat(' · ', @level)"/></xsl:if>
        <xsl:if test="@importance"><xsl:text> · </xsl:text><span class="weight"><xsl:if test="@importance = 'critical' or @importance = 'high'"><xsl:attribute name="class"><xsl:value-of select="concat('weight w-', @importance)"/></xsl:attribute></xsl:if><xsl:value-of select="concat('importance ', @importance)"/></span></xsl:if>
      </p>
      <xsl:if test="r:why and not(@control)"><p class="why-it-matters"><xsl:value-of select="r:why"/></p></xsl:if>
      <xsl:if test="@control"><p class="why-it-matters">These cases say something only where the same exchange without a fault passes. It did not, so nothing was sent. Mend the control, and they run.</p></xsl:if>
      <xsl:for-each select="r:finding">
        <dl class="pairs">
          <xsl:if test="r:expected"><dt>Expected</dt><dd><span class="v"><xsl:value-of select="r:expected"/></span></dd></xsl:if>
          <xsl:if test="r:seen"><dt>Seen, for example</dt><dd><span class="v seen"><xsl:value-of select="r:seen"/></span></dd></xsl:if>
          <xsl:if test="r:hint"><dt>What helps</dt><dd><xsl:value-of select="r:hint"/></dd></xsl:if>
          <xsl:if test="r:place"><dt>Where</dt><dd><xsl:for-each select="r:place"><code class="v"><xsl:value-of select="."/></code><xsl:if test="position() != last()"><br/></xsl:if></xsl:for-each></dd></xsl:if>
        </dl>
      </xsl:for-each>
      <dl class="pairs">
        <xsl:for-each select="r:known"><dt>Known</dt><dd><xsl:if test="@ticket"><strong><xsl:value-of select="@ticket"/></strong><xsl:text>, </xsl:text></xsl:if><xsl:value-of select="@owner"/><xsl:if test="@until"><xsl:value-of select="concat(', until ', @until)"/></xsl:if><xsl:if test="r:text"><xsl:value-of select="concat(': ', r:text)"/></xsl:if><span class="dim"><xsl:value-of select="concat(' (line ', @line, ' of the expectation file)')"/></span></dd></xsl:for-each>
        <dt>First seen</dt><dd><xsl:if test="@first-seen">run <code class="v"><xsl:value-of select="@first-seen"/></code><xsl:if test="@first-seen = /r:run/@id">, this one</xsl:if>; in this run </xsl:if><a href="#c{@since}"><xsl:value-of select="@since-name"/></a><span class="dim"><xsl:value-of select="concat(', ', format-number(@since-ms div 1000, '0.000'), ' s into the run')"/></span></dd>
        <xsl:if test="not(@control)">
          <dt>Smallest reproducer</dt><dd><a href="#c{@least}"><xsl:value-of select="@least-name"/></a><xsl:if test="@least-octets"><span class="dim"><xsl:value-of select="concat(', ', @least-octets, ' octets sent')"/></span></xsl:if>
          <details class="again"><summary>Commands</summary><pre class="v command" tabindex="0"><xsl:value-of select="r:again"/><xsl:if test="r:shrink"><xsl:text>&#10;</xsl:text><xsl:value-of select="r:shrink"/></xsl:if></pre></details></dd>
        </xsl:if>
      </dl>
      <xsl:choose>
        <xsl:when test="@count &gt; 7"><details class="in-cases"><summary><xsl:value-of select="concat('All ', @count, ' cases')"/></summary><xsl:call-template name="members"/></details></xsl:when>
        <xsl:otherwise><div class="in-cases"><xsl:call-template name="members"/></div></xsl:otherwise>
      </xsl:choose>
    </article>
  </xsl:template>

  <!-- The id of a case once, then what its instances differ in. -->
  <xsl:template name="members">
    <ul>
      <xsl:for-each select="r:in[not(@id = preceding-sibling::r:in[1]/@id)]">
        <xsl:variable name="id" select="@id"/>
        <li><xsl:choose>
          <xsl:when test="@name = @id"><a href="#c{@index}"><xsl:value-of select="@name"/></a></xsl:when>
          <xsl:otherwise><xsl:value-of select="@id"/><xsl:apply-templates select="." mode="with"/><xsl:apply-templates select="following-sibling::r:in[1][@id = $id]" mode="more"/></xsl:otherwise>
        </xsl:choose></li>
      </xsl:for-each>
      <xsl:if test="@more &gt; 0"><li class="dim"><xsl:value-of select="concat('and ', @more, ' more, see the table')"/></li></xsl:if>
    </ul>
  </xsl:template>

  <xsl:template match="r:in" mode="with"><xsl:text> </xsl:text><a class="with" href="#c{@index}"><xsl:value-of select="substring-before(substring(@name, string-length(@id) + 2), ']')"/><xsl:if test="not(contains(@name, ']'))"><xsl:value-of select="@name"/></xsl:if></a></xsl:template>
  <xsl:template match="r:in" mode="more"><xsl:variable name="id" select="@id"/><xsl:apply-templates select="." mode="with"/><xsl:apply-templates select="following-sibling::r:in[1][@id = $id]" mode="more"/></xsl:template>

  <xsl:template name="table">
    <section id="table" aria-labelledby="h-table">
      <h2 id="h-table">All cases</h2>
      <p class="hint">In the order of the suite. The rung says how far the message came.<span class="keys"> Keys: <kbd>/</kbd> filter, <kbd>n</kbd> and <kbd>p</kbd> next and previous failure, a click on a heading sorts.</span></p>
      <xsl:choose>
        <xsl:when test="@long">
          <p class="hint">Some hundred cases a fold.</p>
          <xsl:comment>cases:folds</xsl:comment>
        </xsl:when>
        <xsl:otherwise>
          <div class="scroll" tabindex="0" role="region" aria-labelledby="h-table">
            <table class="cases">
              <thead><tr><th scope="col">Verdict</th><th scope="col">Case</th><th scope="col">Role</th><th scope="col">Level</th><th scope="col">Class</th><th scope="col">Rung</th><th scope="col">Reason</th><th scope="col" class="n">ms</th><xsl:if test="@tries"><th scope="col">Stability</th></xsl:if></tr></thead>
              <tbody><xsl:comment>cases:rows</xsl:comment></tbody>
            </table>
          </div>
        </xsl:otherwise>
      </xsl:choose>
    </section>
  </xsl:template>

  <!-- The runs that this one was made of, each with the chain value that its own stream ends with. -->
  <xsl:template name="merged">
    <section id="merged" aria-labelledby="h-merged">
      <h2 id="h-merged">Merged runs</h2>
      <xsl:if test="r:conflict">
        <h3>Conflicts</h3>
        <ul class="points"><xsl:for-each select="r:conflict"><li><xsl:choose><xsl:when test="@index"><a href="#c{@index}"><span class="v"><xsl:value-of select="r:says"/></span></a></xsl:when><xsl:otherwise><span class="v"><xsl:value-of select="r:says"/></span></xsl:otherwise></xsl:choose></li></xsl:for-each></ul>
      </xsl:if>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="h-merged">
        <table class="plain">
          <thead><tr><th scope="col">Run</th><th scope="col">Shard</th><th scope="col">Started</th><th scope="col">Test time</th><th scope="col">System</th><th scope="col">Harness</th><th scope="col">Isolation</th><th scope="col" class="n">Seed</th><th scope="col" class="n">Lines</th><th scope="col">Last h</th></tr></thead>
          <tbody>
            <xsl:for-each select="r:merged">
              <tr><th scope="row"><xsl:value-of select="@run"/></th><td><xsl:value-of select="@shard"/></td><td class="nw"><xsl:value-of select="@started"/></td><td class="nw"><xsl:value-of select="@test-time"/></td><td><xsl:value-of select="@sut-version"/></td><td><xsl:value-of select="@muster"/></td><td><xsl:value-of select="@isolation"/></td><td class="n"><xsl:value-of select="@seed"/></td><td class="n"><xsl:value-of select="@lines"/></td><td><code><xsl:value-of select="substring(@head, 1, 16)"/></code></td></tr>
            </xsl:for-each>
          </tbody>
        </table>
      </div>
    </section>
  </xsl:template>

  <!-- The verdict of the run stands first, what people say of it beside it. -->
  <xsl:template name="opinions">
    <section id="opinions" aria-labelledby="h-opinions">
      <h2 id="h-opinions">Disputes and overrides</h2>
      <p class="hint">What people said of verdicts after the run, in records of the run stream. The verdicts and every count of this page are those of the run.</p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="h-opinions">
        <table class="plain">
          <thead><tr><th scope="col">Case</th><th scope="col">Verdict of the run</th><th scope="col">What</th><th scope="col">Should be</th><th scope="col">By</th><th scope="col">When</th><th scope="col">Why</th><th scope="col">Stands</th></tr></thead>
          <tbody>
            <xsl:for-each select="r:opinion">
              <tr><td><a href="#c{@index}"><xsl:value-of select="@case"/></a></td><td><xsl:value-of select="@of"/></td><td><xsl:value-of select="@kind"/></td><td><xsl:value-of select="@verdict"/></td><td><span class="v"><xsl:value-of select="@by"/></span></td><td class="nw"><xsl:value-of select="@at"/></td><td><span class="v"><xsl:value-of select="r:why"/></span></td><td><xsl:choose><xsl:when test="@withdrawn">withdrawn</xsl:when><xsl:when test="@kind = 'withdraw'"/><xsl:otherwise>yes</xsl:otherwise></xsl:choose></td></tr>
            </xsl:for-each>
          </tbody>
        </table>
      </div>
    </section>
  </xsl:template>

  <xsl:template name="expectations">
    <section id="expectations" aria-labelledby="h-expectations">
      <h2 id="h-expectations">Expectations</h2>
      <p class="hint">What the expectation file states, and how many results each entry covers.</p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="h-expectations">
        <table class="plain">
          <thead><tr><th scope="col">Line</th><th scope="col">Case</th><th scope="col">Verdict</th><th scope="col">Reason</th><th scope="col" class="n">Covers</th><th scope="col" class="n">Most</th><th scope="col">Owner</th><th scope="col">Ticket</th><th scope="col">Until</th><th scope="col">Why</th><th scope="col">Stale</th></tr></thead>
          <tbody>
            <xsl:for-each select="r:expect">
              <tr><xsl:attribute name="class"><xsl:if test="@stale">not-met</xsl:if></xsl:attribute><td class="n"><xsl:value-of select="@line"/></td><td><code class="v"><xsl:value-of select="@case"/></code></td><td><xsl:value-of select="@verdict"/></td><td><xsl:value-of select="@reason"/></td><td class="n"><xsl:value-of select="@used"/></td><td class="n"><xsl:value-of select="@max"/></td><td><xsl:value-of select="@owner"/></td><td><xsl:value-of select="@ticket"/></td><td class="nw"><xsl:value-of select="@until"/></td><td><xsl:value-of select="r:text"/></td><td><xsl:value-of select="@stale"/></td></tr>
            </xsl:for-each>
          </tbody>
        </table>
      </div>
    </section>
  </xsl:template>

  <xsl:template name="matrices">
    <section id="matrix" aria-labelledby="h-matrix">
      <h2 id="h-matrix">Matrix</h2>
      <p class="hint">Profile <xsl:value-of select="r:profile/@id"/>. Each cell: the worst verdict of its cases, how many of those that exist passed, as a bar how far the worst one came on the ladder of 12 rungs, and by an arrow to whom it is booked: ← the sender, → the receiver, ↔ the relay between them, ∘ neither. A cell leads to the first of its worst cases.</p>
      <div class="matrices">
      <xsl:for-each select="r:matrix">
        <xsl:variable name="title" select="concat(translate(substring(@of, 1, 1), 'rds', 'RDS'), substring(@of, 2), ' by ', @by)"/>
        <div class="scroll" tabindex="0" role="region" aria-label="{$title}">
          <table class="matrix">
            <caption><xsl:value-of select="$title"/><xsl:text> </xsl:text><a class="csv" href="data:text/csv;charset=utf-8,{r:csv}" download="matrix-{@of}.csv">CSV</a></caption>
            <thead><tr><td></td><xsl:for-each select="r:column"><th scope="col"><xsl:value-of select="."/></th></xsl:for-each></tr></thead>
            <tbody>
              <xsl:for-each select="r:row">
                <tr><th scope="row"><xsl:value-of select="r:name"/></th>
                  <xsl:for-each select="r:cell">
                    <td>
                      <xsl:choose>
                        <xsl:when test="not(@verdict)"><span class="dim" title="the suite has no such case">·<span class="sr">no case</span></span></xsl:when>
                        <xsl:otherwise>
                          <xsl:attribute name="class"><xsl:value-of select="concat('m-', @verdict)"/></xsl:attribute>
                          <xsl:choose>
                            <xsl:when test="@index"><a class="cell" href="#c{@index}"><xsl:call-template name="cell"/></a></xsl:when>
                            <xsl:otherwise><xsl:call-template name="cell"/></xsl:otherwise>
                          </xsl:choose>
                          <xsl:if test="@opinions"><a class="said" href="#opinions" title="disputed or overridden"><xsl:value-of select="concat(' ', @opinions, ' ≠')"/><span class="sr"> disputed or overridden</span></a></xsl:if>
                        </xsl:otherwise>
                      </xsl:choose>
                    </td>
                  </xsl:for-each>
                </tr>
              </xsl:for-each>
            </tbody>
          </table>
        </div>
      </xsl:for-each>
      </div>
    </section>
  </xsl:template>

  <xsl:template name="cell">
    <b class="g {@verdict}"><xsl:call-template name="letter"/></b><span class="sr"><xsl:value-of select="concat(' ', @verdict)"/></span>
    <span class="part"><xsl:value-of select="concat(' ', @passed, '/', @total)"/></span>
    <xsl:if test="@attribution">
      <span class="arrow" aria-hidden="true"><xsl:choose>
        <xsl:when test="@attribution = 'sender'"> ←</xsl:when>
        <xsl:when test="@attribution = 'receiver'"> →</xsl:when>
        <xsl:when test="@attribution = 'relay' or @attribution = 'pair' or @attribution = 'both'"> ↔</xsl:when>
        <xsl:otherwise> ∘</xsl:otherwise>
      </xsl:choose></span><span class="sr"><xsl:value-of select="concat(' attributed to ', @attribution)"/></span>
    </xsl:if>
    <xsl:if test="@rung">
      <svg class="rungs" viewBox="0 0 48 4" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="48" height="4"/><rect class="f-{@verdict}" width="{@rung * 4}" height="4"/></svg>
      <span class="rung"><xsl:choose><xsl:when test="@rung = 0">not sent</xsl:when><xsl:otherwise><xsl:value-of select="concat(@rung, ' ', @rung-name)"/></xsl:otherwise></xsl:choose></span>
    </xsl:if>
    <xsl:if test="@ran = 0"><span class="rung">none ran</span></xsl:if>
  </xsl:template>

  <!-- From a clause to what speaks of it; rules and cases link back to the clause. -->
  <xsl:template name="clauses">
    <section id="clauses" aria-labelledby="h-clauses">
      <h2 id="h-clauses">Clauses</h2>
      <p class="hint">Each document with the clauses that this run speaks of, the rules that are written for a clause, and the cases that ask for it.</p>
      <xsl:for-each select="r:document">
        <details class="doc">
          <summary>
            <xsl:for-each select="r:clause"><xsl:sort select="number(@verdict = 'fail') * 5 + number(@verdict = 'error') * 4 + number(@verdict = 'inconclusive') * 3 + number(@verdict = 'remarks') * 2 + number(@verdict = 'pass')" data-type="number" order="descending"/><xsl:if test="position() = 1"><b class="g {@verdict}"><xsl:call-template name="letter"/></b><span class="sr"><xsl:value-of select="@verdict"/></span></xsl:if></xsl:for-each>
            <strong><xsl:value-of select="@name"/></strong>
            <span class="dim"><xsl:value-of select="concat(count(r:clause), substring(' clauses', 1, 7 + (count(r:clause) != 1)))"/>
              <xsl:if test="r:clause/r:by-rule"><xsl:value-of select="concat(', ', count(r:clause/r:by-rule), substring(' rules', 1, 5 + (count(r:clause/r:by-rule) != 1)))"/></xsl:if>
              <xsl:if test="r:clause[not(r:by-case)]"><xsl:value-of select="concat(', ', count(r:clause[not(r:by-case)]), ' shown by rules alone')"/></xsl:if>
              <xsl:if test="r:clause/@optional"><xsl:value-of select="concat(', ', count(r:clause[@optional]), ' by optional cases alone')"/></xsl:if></span>
          </summary>
          <div class="scroll" tabindex="0" role="region" aria-label="Clauses">
            <table class="plain clauses">
              <thead><tr><th scope="col">Clause</th><th scope="col">Rules: held, broken</th><th scope="col">Cases: passed of those that exist</th></tr></thead>
              <tbody>
                <xsl:for-each select="r:clause">
                  <tr>
                    <th scope="row" id="k{@index}"><b class="g {@verdict}"><xsl:call-template name="letter"/></b><span class="sr"><xsl:value-of select="concat(' ', @verdict)"/></span><xsl:text> </xsl:text><xsl:value-of select="@name"/><xsl:if test="@optional"><span class="rung">optional cases alone</span></xsl:if></th>
                    <td><xsl:for-each select="r:by-rule"><span class="item"><a href="#r{@index}"><xsl:value-of select="@id"/></a><span class="dim"><xsl:choose><xsl:when test="@held + @broken &gt; 0"><xsl:value-of select="concat(' ', @held)"/><xsl:if test="@broken &gt; 0"><b class="seen"><xsl:value-of select="concat(', ', @broken)"/></b></xsl:if></xsl:when><xsl:when test="@shown-by = 'case'"> by case</xsl:when><xsl:otherwise> not met</xsl:otherwise></xsl:choose></span></span><xsl:text> </xsl:text></xsl:for-each></td>
                    <td><xsl:for-each select="r:by-case"><span class="item"><xsl:choose><xsl:when test="@index"><a href="#c{@index}"><xsl:value-of select="@id"/></a></xsl:when><xsl:otherwise><xsl:value-of select="@id"/></xsl:otherwise></xsl:choose><span class="dim"><xsl:value-of select="concat(' ', @passed, '/', @total)"/><xsl:if test="@verdict = 'fail' or @verdict = 'error'"><b class="seen"><xsl:value-of select="concat(' ', @verdict)"/></b></xsl:if></span></span><xsl:text> </xsl:text></xsl:for-each><xsl:if test="not(r:by-case)"><span class="dim">no case asks for it by name</span></xsl:if></td>
                  </tr>
                </xsl:for-each>
              </tbody>
            </table>
          </div>
        </details>
      </xsl:for-each>
      <xsl:if test="r:without-clause">
        <details class="doc">
          <summary><strong>Cases without a clause</strong><span class="dim"><xsl:value-of select="concat(' ', count(r:without-clause))"/></span></summary>
          <div class="scroll" tabindex="0" role="region" aria-label="Cases without a clause">
            <table class="plain">
              <thead><tr><th scope="col">Case</th><th scope="col">Level</th><th scope="col" class="n">Passed of those that exist</th></tr></thead>
              <tbody><xsl:for-each select="r:without-clause"><tr><th scope="row"><xsl:choose><xsl:when test="@index"><a href="#c{@index}"><xsl:value-of select="@id"/></a></xsl:when><xsl:otherwise><xsl:value-of select="@id"/></xsl:otherwise></xsl:choose></th><td><xsl:value-of select="@level"/></td><td class="n"><xsl:value-of select="concat(@passed, '/', @total)"/></td></tr></xsl:for-each></tbody>
            </table>
          </div>
        </details>
      </xsl:if>
      <xsl:if test="r:document/r:clause/@optional">
        <details class="doc">
          <summary><strong>Clauses that optional cases alone exercise</strong><span class="dim"><xsl:value-of select="concat(' ', count(r:document/r:clause[@optional]))"/></span></summary>
          <p><xsl:for-each select="r:document/r:clause[@optional]"><span class="item"><a href="#k{@index}"><xsl:value-of select="concat(../@name, ' ', @name)"/></a></span><xsl:text> </xsl:text></xsl:for-each></p>
        </details>
      </xsl:if>
      <xsl:if test="r:untested">
        <details class="doc">
          <summary><strong>Requirements without a test in this run</strong><span class="dim"><xsl:value-of select="concat(' ', count(r:untested))"/></span></summary>
          <div class="scroll" tabindex="0" role="region" aria-label="Requirements without a test">
            <table class="plain">
              <thead><tr><th scope="col">Requirement</th><th scope="col">Role</th><th scope="col">Why</th></tr></thead>
              <tbody><xsl:for-each select="r:untested"><tr><th scope="row"><xsl:value-of select="@requirement"/></th><td><xsl:value-of select="@role"/></td><td><xsl:value-of select="r:why"/><xsl:if test="not(r:why)"><xsl:value-of select="concat('not in force in this profile: ', @rules)"/></xsl:if></td></tr></xsl:for-each></tbody>
            </table>
          </div>
        </details>
      </xsl:if>
      <xsl:if test="r:kept">
        <details class="doc">
          <summary><strong>Requirements that the harness itself keeps</strong><span class="dim"><xsl:value-of select="concat(' ', count(r:kept))"/></span></summary>
          <table class="plain">
            <thead><tr><th scope="col">Requirement</th><th scope="col">What proves it</th></tr></thead>
            <tbody><xsl:for-each select="r:kept"><tr><th scope="row"><xsl:value-of select="@requirement"/></th><td><xsl:value-of select="r:by"/></td></tr></xsl:for-each></tbody>
          </table>
        </details>
      </xsl:if>
    </section>
  </xsl:template>

  <!-- The capabilities that nobody claims and cases were tried for, by name. -->
  <xsl:template name="unclaimed">
    <xsl:for-each select="r:capability[@unclaimed][@standing = 'works, though not claimed']"><xsl:choose><xsl:when test="position() = 1">. Works, though not claimed: </xsl:when><xsl:otherwise>, </xsl:otherwise></xsl:choose><a href="#capabilities"><xsl:value-of select="@name"/></a></xsl:for-each>
    <xsl:for-each select="r:capability[@unclaimed][not(@standing = 'works, though not claimed')]"><xsl:choose><xsl:when test="position() = 1">. Not seen to work: </xsl:when><xsl:otherwise>, </xsl:otherwise></xsl:choose><a href="#capabilities"><xsl:value-of select="@name"/></a></xsl:for-each>
  </xsl:template>

  <xsl:template name="capabilities">
    <section id="capabilities" aria-labelledby="h-capabilities">
      <h2 id="h-capabilities">Capabilities, declared against observed</h2>
      <xsl:if test="r:adapter">
        <div class="scroll" tabindex="0" role="region" aria-label="Adapters">
          <table class="plain">
            <thead><tr><th scope="col">Adapter</th><th scope="col">State</th><th scope="col">Says it is</th><th scope="col">Speaks for</th><th scope="col">Roles</th><th scope="col">Confined</th><th scope="col">What happened</th></tr></thead>
            <tbody><xsl:for-each select="r:adapter"><tr><xsl:attribute name="class"><xsl:if test="@state = 'broken' or @state = 'gone'">not-met</xsl:if></xsl:attribute><th scope="row"><xsl:value-of select="@id"/></th><td><xsl:value-of select="@state"/></td><td><xsl:value-of select="concat(@name, ' ', @version)"/><xsl:if test="@language"><span class="dim"><xsl:value-of select="concat(' ', @language)"/></span></xsl:if></td><td><xsl:value-of select="concat(@sut-name, ' ', @sut-version)"/><xsl:if test="@sut-build"><br/><code class="v"><xsl:value-of select="@sut-build"/></code></xsl:if></td><td><xsl:value-of select="@roles"/></td><td><xsl:value-of select="@confined"/></td><td><span class="v"><xsl:value-of select="@what"/></span></td></tr></xsl:for-each></tbody>
          </table>
        </div>
      </xsl:if>
      <xsl:if test="r:capability">
        <div class="scroll" tabindex="0" role="region" aria-labelledby="h-capabilities">
          <table class="plain caps">
            <thead><tr><th scope="col">Capability</th><th scope="col">Declared by</th><th scope="col" class="n">Cases</th><th scope="col" class="n">Ran</th><th scope="col" class="n">Passed</th><th scope="col" class="n">Failed</th><th scope="col">Observed</th></tr></thead>
            <tbody>
              <xsl:for-each select="r:capability">
                <tr><th scope="row"><xsl:value-of select="@name"/></th>
                  <td><xsl:if test="@claimed">SUT file</xsl:if><xsl:if test="@claimed and @said">, </xsl:if><xsl:if test="@said">adapter</xsl:if><xsl:if test="not(@claimed or @said)"><span class="dim">nobody</span></xsl:if></td>
                  <td class="n"><xsl:value-of select="@total"/></td><td class="n"><xsl:value-of select="@ran"/></td><td class="n"><xsl:value-of select="@passed"/></td><td class="n"><xsl:value-of select="@failed"/></td>
                  <td><b class="g {@verdict}"><xsl:call-template name="letter"/></b><xsl:text> </xsl:text><xsl:value-of select="@standing"/></td></tr>
              </xsl:for-each>
            </tbody>
          </table>
        </div>
      </xsl:if>
    </section>
  </xsl:template>

  <!-- Where the labels of each role went, as a flow: from whom, through what, to whom. -->
  <xsl:template name="journey">
    <section id="journey" aria-labelledby="h-journey">
      <h2 id="h-journey">Label journey</h2>
      <p class="hint">What became of the labels between the two legs that a case compared. Kept: the same octets. Re-encoded: the same meaning in other octets. Mapped: into another policy, by its equivalences. Lowered, raised and altered labels mean something else; lost ones cannot be read any more; invented ones nobody sent.</p>
      <xsl:for-each select="r:journey">
        <div class="flow">
          <p class="hops"><xsl:choose>
            <xsl:when test="@role = 'sender'"><span class="hop"><xsl:value-of select="concat(../r:sut/@name, ../r:sut[not(@name)]/@id)"/></span> → <span class="hop">Muster</span></xsl:when>
            <xsl:when test="@role = 'receiver'"><span class="hop">Muster</span> → <span class="hop"><xsl:value-of select="concat(../r:sut/@name, ../r:sut[not(@name)]/@id)"/></span> → <span class="hop">its store</span></xsl:when>
            <xsl:otherwise><span class="hop">Muster</span> → <span class="hop"><xsl:value-of select="concat(../r:sut/@name, ../r:sut[not(@name)]/@id)"/></span> → <span class="hop">Muster</span></xsl:otherwise>
          </xsl:choose><span class="dim"><xsl:value-of select="concat(' ', @role)"/></span></p>
          <ul class="fates">
            <xsl:for-each select="r:fate"><li class="t-{@name}"><a href="#c{@index}"><strong><xsl:value-of select="@n"/></strong><xsl:value-of select="concat(' ', @name)"/></a></li></xsl:for-each>
          </ul>
        </div>
      </xsl:for-each>
    </section>
  </xsl:template>

  <xsl:template name="speed">
    <section id="speed" aria-labelledby="h-speed">
      <h2 id="h-speed">Speed and volume</h2>
      <p class="hint">Milliseconds of a case from its start to its verdict, with whatever it had to wait for. Half of the cases took no longer than the median.</p>
      <div class="pair">
      <table class="plain">
        <thead><tr><th scope="col">Cases</th><th scope="col" class="n">Number</th><th scope="col" class="n">Median</th><th scope="col" class="n">90 %</th><th scope="col" class="n">99 %</th><th scope="col" class="n">Longest</th></tr></thead>
        <tbody><xsl:for-each select="r:quantiles"><tr><th scope="row"><xsl:value-of select="@of"/></th><td class="n"><xsl:value-of select="@n"/></td><td class="n"><xsl:value-of select="@p50"/></td><td class="n"><xsl:value-of select="@p90"/></td><td class="n"><xsl:value-of select="@p99"/></td><td class="n"><xsl:value-of select="@max"/></td></tr></xsl:for-each></tbody>
      </table>
      <details>
        <summary><xsl:value-of select="concat('The ', count(r:slow), ' slowest')"/></summary>
        <table class="plain">
          <thead><tr><th scope="col">Verdict</th><th scope="col">Case</th><th scope="col" class="n">ms</th></tr></thead>
          <tbody><xsl:for-each select="r:slow"><tr><td><b class="g {@verdict}"><xsl:call-template name="letter"/></b><span class="sr"><xsl:value-of select="@verdict"/></span></td><td><a href="#c{@index}"><xsl:value-of select="@name"/></a></td><td class="n"><xsl:value-of select="@ms"/></td></tr></xsl:for-each></tbody>
        </table>
      </details>
      <xsl:for-each select="r:volume">
        <dl class="pairs">
          <dt>Sent</dt><dd><xsl:value-of select="concat(@sent, ' messages, ', @sent-octets, ' octets')"/></dd>
          <dt>Received</dt><dd><xsl:value-of select="concat(@received, ' messages, ', @received-octets, ' octets')"/></dd>
          <dt>Connections</dt><dd><xsl:value-of select="concat(@connections, ' with a transcript')"/></dd>
          <dt>TLS handshakes</dt><dd><xsl:value-of select="concat(@handshakes, ' attempts came through one')"/></dd>
        </dl>
      </xsl:for-each>
      </div>
    </section>
  </xsl:template>

  <xsl:template name="rules">
    <section id="rules" aria-labelledby="h-rules">
      <h2 id="h-rules">Rules</h2>
      <p class="hint">Each rule, and on how many legs it held, was broken, or did not apply. A rule that is shown by a case has no counts of its own.</p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="h-rules">
        <table class="rules">
          <thead><tr><th scope="col">Rule</th><th scope="col">Level</th><th scope="col">Clause</th><th scope="col">What it demands</th><th scope="col" class="n">Held</th><th scope="col" class="n">Broken</th><th scope="col" class="n">n/a</th></tr></thead>
          <tbody>
            <xsl:for-each select="r:rule">
              <tr>
                <xsl:attribute name="class"><xsl:if test="@broken &gt; 0">broken</xsl:if></xsl:attribute>
                <th scope="row" id="r{@index}"><xsl:value-of select="@id"/></th>
                <td><xsl:value-of select="@level"/><xsl:if test="@written != @level"><span class="dim"> (written: <xsl:value-of select="@written"/>)</span></xsl:if><xsl:if test="@waived"><span class="dim"> waived</span></xsl:if></td>
                <td class="nw"><a href="#k{@clause-index}"><xsl:value-of select="concat(@document, ' ', @see)"/></a></td>
                <td><xsl:value-of select="r:says"/><xsl:if test="@because"><span class="dim"> Because: <xsl:value-of select="@because"/></span></xsl:if></td>
                <xsl:choose>
                  <xsl:when test="@shown-by = 'case' and @held + @broken + @not-applicable = 0"><td class="dim n" colspan="3">shown by cases</td></xsl:when>
                  <xsl:otherwise><td class="n"><xsl:value-of select="@held"/></td><td class="n b"><xsl:value-of select="@broken"/></td><td class="n dim"><xsl:value-of select="@not-applicable"/></td></xsl:otherwise>
                </xsl:choose>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </div>
    </section>
  </xsl:template>

  <xsl:template name="health">
    <xsl:if test="r:health">
      <section id="health" aria-labelledby="h-health">
        <h2 id="h-health">Suite health</h2>
        <p class="hint">What the suite was proved to find: it ran against a system with one known defect after the other.</p>
        <xsl:if test="r:health/@state != 'current'"><p class="warn"><strong><xsl:choose><xsl:when test="r:health/@state = 'stale'">Stale.</xsl:when><xsl:otherwise>Unknown.</xsl:otherwise></xsl:choose></strong> The suite or the rules of this run are not those that were measured.</p></xsl:if>
        <p><xsl:value-of select="concat(r:health/r:says, '.')"/></p>
        <xsl:if test="r:health/r:silent">
          <table class="plain">
            <thead><tr><th scope="col">No defect showed</th><th scope="col">Reason</th></tr></thead>
            <tbody>
              <xsl:for-each select="r:health/r:silent"><tr><td><code class="v"><xsl:value-of select="@what"/></code></td><td><xsl:value-of select="r:because"/></td></tr></xsl:for-each>
            </tbody>
          </table>
        </xsl:if>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template name="trust">
    <section id="trust" aria-labelledby="h-trust">
      <h2 id="h-trust">Environment and trust</h2>
      <dl class="pairs">
        <dt>Run</dt><dd><code class="v"><xsl:value-of select="@id"/></code></dd>
        <dt>Selection</dt><dd><code class="v"><xsl:value-of select="@selection"/><xsl:if test="not(@selection)">everything</xsl:if></code></dd>
        <dt>Hash chain</dt><dd>
          <xsl:value-of select="concat(r:chain/@state, ', ', r:chain/@lines, ' lines')"/>
          <xsl:if test="r:chain/@rest &gt; 0"><xsl:value-of select="concat(', ', r:chain/@rest, ' octets after them not used')"/></xsl:if>
          <br/><code class="v hash"><xsl:value-of select="r:chain/@head"/></code></dd>
        <dt>Signature</dt><dd>A signature covers this page, so it cannot stand in it: it is in <code>manifest.cms</code> beside it, where the run was signed. <a href="#verify">How to check it</a></dd>
        <dt>Time base</dt><dd><xsl:value-of select="concat('Rules and policies take ', @test-time, ' for now; the run began at ', @started, ' by the clock of the harness.')"/><xsl:for-each select="r:adapter[@skew-ms]"><br/><xsl:value-of select="concat('Clock of adapter ', @id, ' less ours: ', @skew-ms, ' ms')"/></xsl:for-each></dd>
        <xsl:for-each select="r:marking"><dt>Marking: <xsl:value-of select="@policy"/></dt><dd><b><xsl:value-of select="r:text"/></b><xsl:text>, the label of a whole that is made of every label that was to be sent and of every one that came in</xsl:text><xsl:if test="r:decision"><span class="dim"><xsl:value-of select="concat('. The rules leave this marking to people: ', r:decision, '. Shown is that of the highest parts.')"/></span></xsl:if></dd></xsl:for-each>
        <xsl:for-each select="r:library"><dt><xsl:value-of select="@name"/></dt><dd><xsl:value-of select="@version"/></dd></xsl:for-each>
        <xsl:for-each select="r:policy"><dt>Policy: <xsl:value-of select="@name"/></dt><dd><code class="v hash"><xsl:value-of select="@pin"/></code></dd></xsl:for-each>
        <xsl:for-each select="r:digest"><dt>Digest: <xsl:value-of select="@name"/></dt><dd><xsl:choose><xsl:when test="@value"><code class="v hash"><xsl:value-of select="@value"/></code></xsl:when><xsl:otherwise><span class="dim">none: not used in this run</span></xsl:otherwise></xsl:choose></dd></xsl:for-each>
        <xsl:for-each select="r:trust"><dt><xsl:choose><xsl:when test="@name = 'anchors'">Trust anchors</xsl:when><xsl:when test="@name = 'crl'">Revocation lists</xsl:when><xsl:when test="@name = 'client'">Our certificate as client</xsl:when><xsl:when test="@name = 'server'">Our certificate as server</xsl:when><xsl:when test="@name = 'tls'">TLS profile</xsl:when><xsl:when test="@name = 'versions'">TLS versions</xsl:when><xsl:when test="@name = 'suites'">Suites of TLS 1.3</xsl:when><xsl:when test="@name = 'ciphers'">Suites of TLS 1.2</xsl:when><xsl:when test="@name = 'groups'">Groups</xsl:when><xsl:when test="@name = 'sigalgs'">Signature algorithms</xsl:when><xsl:otherwise><xsl:value-of select="@name"/></xsl:otherwise></xsl:choose></dt><dd><code class="v hash"><xsl:value-of select="@value"/></code></dd></xsl:for-each>
        <xsl:for-each select="r:resumed"><dt>Resumed</dt><dd><xsl:value-of select="concat(@at, ', ', @kept, ' verdicts kept, ', @cut-octets, ' octets of a torn line cut off')"/></dd></xsl:for-each>
      </dl>
      <xsl:if test="r:late">
        <h3>Late and unclaimed deliveries</h3>
        <p class="hint">Messages that arrived when no case waited for them. A run with one is not green.</p>
        <table class="plain late">
          <thead><tr><th scope="col" class="n">at ms</th><th scope="col">Case</th><th scope="col">Envelope</th><th scope="col">Evidence</th></tr></thead>
          <tbody><xsl:for-each select="r:late"><tr><td class="n"><xsl:value-of select="@at-ms"/></td><td><xsl:value-of select="@case"/><xsl:if test="not(@case)"><span class="dim">none of this run</span></xsl:if></td><td><code class="v"><xsl:value-of select="r:envelope"/></code></td><td><code class="v"><xsl:value-of select="@folder"/></code></td></tr></xsl:for-each></tbody>
        </table>
      </xsl:if>
      <xsl:if test="r:note">
        <h3>Notes</h3>
        <ul><xsl:for-each select="r:note"><li><xsl:if test="@case"><xsl:value-of select="concat(@case, ': ')"/></xsl:if><span class="v"><xsl:value-of select="r:text"/></span></li></xsl:for-each></ul>
      </xsl:if>
    </section>
  </xsl:template>

  <xsl:template name="how">
    <section id="how" aria-labelledby="h-how">
      <h2 id="h-how">How to read this report</h2>
      <dl class="pairs verdicts">
        <dt><b class="g pass">P</b> pass</dt><dd>Every rule that must or should hold did, and every expectation of the case was met.</dd>
        <dt><b class="g remarks">R</b> remarks</dt><dd>What must hold held; something that should hold did not.</dd>
        <dt><b class="g inconclusive">I</b> inconclusive</dt><dd>Nothing can be said: a control failed, evidence is missing, or time ran out where nothing was promised. Never counted as success.</dd>
        <dt><b class="g fail">F</b> fail</dt><dd>The system under test broke something that must hold.</dd>
        <dt><b class="g error">E</b> error</dt><dd>The harness or its surroundings broke. Never booked to the system under test.</dd>
        <dt><b class="g not-run">N</b> not run</dt><dd>The case does not apply, was left out, or was not reached; the reason is given.</dd>
      </dl>
      <p>A <em>rung</em> says how far a message came, from a connection that stands to a label that the far side understood. A negative case has a <em>control</em>: the same exchange without the fault. Text that came from the system under test is shown with control and direction characters made visible, such as <code class="v">\u{202E}</code>; a byte that is no UTF-8 stands as <code class="v">\xFF</code>.</p>
      <h3>Exit status</h3>
      <p>0 as expected · 1 new failures · 2 bad usage or input · 3 the harness or an adapter broke · 4 stale or expired expectations · 5 inconclusive above the limit · 6 interrupted.</p>
      <h3 id="verify">How to verify it</h3>
      <p>This page is a function of <code>run.jsonl</code> and the evidence beside it. In the folder of the run:</p>
      <pre class="v command" tabindex="0">muster verify .                                      # every digest, and every verdict judged again from the octets
openssl cms -verify -binary -inform DER -in manifest.cms -content manifest.json -CAfile CA.pem -out /dev/null
muster report . --format html --out /tmp/again       # the same bytes
cmp report.html /tmp/again/report.html
tail -n 1 run.jsonl | sed 's/.*"h":"\([0-9a-f]*\)"}$/\1/' # the head of the hash chain, which must be
<xsl:value-of select="r:chain/@head"/><xsl:text>
</xsl:text><xsl:choose><xsl:when test="@evidence-in">tar -xOf cases.tar cases/0001/steps.json | sha256sum # as each case lists them under Evidence; 'tar -C DIR -xf cases.tar' makes a folder a case</xsl:when><xsl:otherwise>sha256sum cases/0001/*                               # as each case lists them under Evidence</xsl:otherwise></xsl:choose></pre>
      <p>Each line of <code>run.jsonl</code> ends with the SHA-256 of the hash before it, a line feed, and the line up to there; nothing before the head can be changed without changing the head. The head proves nothing by itself: note it elsewhere, or have the run signed.</p>
    </section>
  </xsl:template>
</xsl:stylesheet>
