<?xml version="1.0" encoding="UTF-8"?>
<!-- Many runs (muster history): trend, and since when a case is bad. No script, no link that leaves the page, no
     text of a system under test in an attribute. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:r="urn:muster:result:1" exclude-result-prefixes="r">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

  <xsl:template match="/r:history">
    <html lang="en">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{r:style-digest}'; base-uri 'none'; form-action 'none'"/>
        <meta name="referrer" content="no-referrer"/>
        <meta name="color-scheme" content="light dark"/>
        <title><xsl:value-of select="concat('History of ', @runs, ' runs : Muster')"/></title>
        <style><xsl:value-of select="r:style"/></style>
      </head>
      <body>
        <a class="skip" href="#s1">Skip to the first series</a>
        <div class="top">
          <xsl:call-template name="banner"><xsl:with-param name="where" select="'at-top'"/></xsl:call-template>
          <header class="bar">
            <div class="in">
              <strong class="who">History <span class="dim"><xsl:value-of select="@runs"/> runs</span></strong>
              <nav aria-label="Parts of this page">
                <xsl:for-each select="r:series"><a href="#s{@index}"><xsl:value-of select="concat(@sut, ', ', @profile)"/></a></xsl:for-each>
                <a href="#how">How to read</a>
              </nav>
            </div>
          </header>
        </div>
        <main>
          <xsl:if test="r:passed-over">
            <section aria-label="Folders passed over">
              <p class="warn"><strong>Passed over:</strong></p>
              <ul><xsl:for-each select="r:passed-over"><li><code class="v"><xsl:value-of select="@folder"/></code>: <span class="v"><xsl:value-of select="r:why"/></span></li></xsl:for-each></ul>
            </section>
          </xsl:if>
          <xsl:apply-templates select="r:series"/>
          <section id="how" aria-labelledby="h-how">
            <h2 id="h-how">How to read this page</h2>
            <p><em>Good</em> is pass and remarks, <em>bad</em> is fail, error and inconclusive; a run in which a case did not run says nothing of it. The <em>first bad</em> run of a case is the first since which it was never good. What differs between that run and the last good one is what it may be put down to, the most specific first. A <em>flip</em> is a change from good to bad or back; a case with two and more is unstable, and so is one whose attempts did not end alike within a run. Letters, a run each: P pass, R remarks, I inconclusive, F fail, E error, N not run, a dot: the run does not know it.</p>
            <pre class="v command" tabindex="0">muster history DIR --case CASE      # one case, run by run
muster diff OLD NEW                 # two runs side by side</pre>
          </section>
        </main>
        <xsl:call-template name="banner"><xsl:with-param name="where" select="'at-bottom'"/></xsl:call-template>
      </body>
    </html>
  </xsl:template>

  <!-- The highest marking of all runs, each policy in its colours. -->
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

  <xsl:template name="letter">
    <xsl:param name="verdict"/>
    <b class="g {$verdict}"><xsl:choose>
      <xsl:when test="$verdict = 'pass'">P</xsl:when>
      <xsl:when test="$verdict = 'remarks'">R</xsl:when>
      <xsl:when test="$verdict = 'inconclusive'">I</xsl:when>
      <xsl:when test="$verdict = 'fail'">F</xsl:when>
      <xsl:when test="$verdict = 'error'">E</xsl:when>
      <xsl:otherwise>N</xsl:otherwise>
    </xsl:choose></b>
  </xsl:template>

  <xsl:template match="r:series">
    <section id="s{@index}" aria-labelledby="h-s{@index}">
      <p class="over"><xsl:value-of select="@profile"/></p>
      <h1 id="h-s{@index}"><xsl:value-of select="@name"/><xsl:if test="not(@name)"><xsl:value-of select="@sut"/></xsl:if></h1>
      <p class="answer"><xsl:value-of select="concat(translate(substring(r:answer, 1, 1), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), substring(r:answer, 2), '.')"/></p>
      <figure class="history">
        <svg class="trend" viewBox="0 0 1000 200" width="100%" height="160" preserveAspectRatio="none" role="img" aria-label="Verdicts of each run">
          <xsl:for-each select="r:run"><xsl:variable name="run" select="."/><xsl:for-each select="r:count[@n &gt; 0]"><rect class="f-{@verdict}" x="{$run/@x}" y="{@y}" width="{$run/@width}" height="{@height}"/></xsl:for-each></xsl:for-each>
        </svg>
        <figcaption><span class="key dim">A column a run, the oldest on the left.</span>
          <xsl:for-each select="r:run[last()]/r:count[@n &gt; 0]"><span class="key"><xsl:call-template name="letter"><xsl:with-param name="verdict" select="@verdict"/></xsl:call-template><xsl:value-of select="concat(' ', @n, ' ', @verdict, ' in the last run')"/></span></xsl:for-each>
        </figcaption>
      </figure>
      <xsl:for-each select="r:followed"><xsl:call-template name="followed"/></xsl:for-each>
      <details class="doc">
        <xsl:if test="count(r:run) &lt; 30"><xsl:attribute name="open">open</xsl:attribute></xsl:if>
        <summary><strong>Runs</strong><span class="dim"><xsl:value-of select="concat(' ', count(r:run))"/></span></summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Runs">
          <table class="plain">
            <thead><tr><th scope="col" class="n">Run</th><th scope="col">Started</th><th scope="col">Version</th><th scope="col">State</th><xsl:for-each select="r:run[1]/r:count"><th scope="col" class="n"><xsl:value-of select="@verdict"/></th></xsl:for-each><th scope="col" class="n">Became bad</th><th scope="col" class="n">Became good</th><th scope="col">Id</th></tr></thead>
            <tbody><xsl:for-each select="r:run"><tr><th scope="row" class="n"><xsl:value-of select="@index"/></th><td class="nw"><xsl:value-of select="@started"/></td><td><xsl:value-of select="@version"/></td><td><xsl:value-of select="@state"/></td><xsl:for-each select="r:count"><td class="n"><xsl:value-of select="@n"/></td></xsl:for-each><td class="n"><xsl:value-of select="@worse"/></td><td class="n"><xsl:value-of select="@better"/></td><td><code class="v"><xsl:value-of select="@id"/></code></td></tr></xsl:for-each></tbody>
          </table>
        </div>
      </details>
      <xsl:if test="r:bad"><section>
        <h2>Bad now</h2>
        <div class="scroll" tabindex="0" role="region" aria-label="Bad now">
          <table class="plain">
            <thead><tr><th scope="col">Verdict</th><th scope="col">Case</th><th scope="col">Reason</th><th scope="col">Runs</th><th scope="col" class="n">First bad</th><th scope="col" class="n">Last good</th><th scope="col">What may have made the difference</th></tr></thead>
            <tbody><xsl:for-each select="r:bad"><tr><td><xsl:call-template name="letter"><xsl:with-param name="verdict" select="@verdict"/></xsl:call-template><span class="sr"><xsl:value-of select="concat(' ', @verdict)"/></span></td><th scope="row"><span class="v"><xsl:value-of select="@name"/></span><xsl:if test="@last != ../r:run[last()]/@index"><span class="dim"><xsl:value-of select="concat(', not in a run since run ', @last)"/></span></xsl:if></th><td><code class="v"><xsl:value-of select="@reason"/></code></td><td><code class="v"><xsl:value-of select="@runs"/></code></td><td class="n"><xsl:value-of select="@first-bad"/></td><td class="n"><xsl:value-of select="@last-good"/><xsl:if test="not(@last-good)"><span class="dim">never</span></xsl:if></td><td><xsl:call-template name="causes"/></td></tr></xsl:for-each></tbody>
          </table>
        </div>
        <xsl:if test="@bad-more &gt; 0"><p class="dim"><xsl:value-of select="concat('And ', @bad-more, ' more: muster history --format json names them all.')"/></p></xsl:if>
      </section></xsl:if>
      <xsl:if test="r:unstable"><section>
        <h2>Unstable</h2>
        <div class="scroll" tabindex="0" role="region" aria-label="Unstable">
          <table class="plain">
            <thead><tr><th scope="col">Case</th><th scope="col">Runs</th><th scope="col" class="n">Good</th><th scope="col" class="n">Flips</th><th scope="col" class="n">Runs with unequal attempts</th></tr></thead>
            <tbody><xsl:for-each select="r:unstable"><tr><th scope="row"><span class="v"><xsl:value-of select="@name"/></span></th><td><code class="v"><xsl:value-of select="@runs"/></code></td><td class="n"><xsl:value-of select="concat(@good, ' of ', @judged)"/></td><td class="n"><xsl:value-of select="@flips"/></td><td class="n"><xsl:value-of select="@shaky"/></td></tr></xsl:for-each></tbody>
          </table>
        </div>
        <xsl:if test="@unstable-more &gt; 0"><p class="dim"><xsl:value-of select="concat('And ', @unstable-more, ' more.')"/></p></xsl:if>
      </section></xsl:if>
    </section>
  </xsl:template>

  <xsl:template name="causes">
    <xsl:for-each select="r:cause"><xsl:if test="position() &gt; 1"><br/></xsl:if><xsl:choose><xsl:when test="@kind = 'unstable' and not(starts-with(@what, 'nothing'))">unstable</xsl:when><xsl:otherwise><xsl:value-of select="@name"/></xsl:otherwise></xsl:choose><span class="dim">: <span class="v"><xsl:value-of select="@what"/></span></span></xsl:for-each>
  </xsl:template>

  <xsl:template name="followed">
    <h2><span class="v"><xsl:value-of select="@name"/></span></h2>
    <p><xsl:value-of select="concat('Good in ', @good, ' of ', @judged, ' runs that judged it.')"/><xsl:if test="@first-bad"><xsl:value-of select="concat(' Bad since run ', @first-bad, '.')"/></xsl:if></p>
    <div class="scroll" tabindex="0" role="region" aria-label="Run by run">
      <table class="plain">
        <thead><tr><th scope="col" class="n">Run</th><th scope="col">Id</th><th scope="col">Version</th><th scope="col">Verdict</th><th scope="col">Reason</th><th scope="col">What may have made the difference</th></tr></thead>
        <tbody><xsl:for-each select="r:step"><tr><th scope="row" class="n"><xsl:value-of select="@run"/></th><td><code class="v"><xsl:value-of select="@id"/></code></td><td><xsl:value-of select="@version"/></td><td><xsl:call-template name="letter"><xsl:with-param name="verdict" select="@verdict"/></xsl:call-template><xsl:value-of select="concat(' ', @verdict)"/></td><td><code class="v"><xsl:value-of select="@reason"/></code></td><td><xsl:call-template name="causes"/></td></tr></xsl:for-each></tbody>
      </table>
    </div>
  </xsl:template>
</xsl:stylesheet>
