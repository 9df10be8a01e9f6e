<?xml version="1.0" encoding="UTF-8"?>
<!-- Cases of the page, in chunks: lines of the table (mode "rows"), in a long run in folds (mode "folds"),
     and a section each. An anchor stands inside what is folded: a browser that is sent there opens it. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:r="urn:muster:result:1" exclude-result-prefixes="r" r:cases="alone">
  <xsl:output method="html" encoding="UTF-8" indent="no"/>

  <xsl:template match="/r:cases[@mode = 'rows']" priority="2"><xsl:apply-templates select="r:case" mode="row"/></xsl:template>
  <xsl:template match="/r:cases[@mode = 'folds']" priority="2">
    <details class="fold">
      <summary>
        <strong><xsl:value-of select="concat(@first, ' to ', @last)"/></strong>
        <xsl:call-template name="tally"><xsl:with-param name="of" select="'pass'"/><xsl:with-param name="n" select="@pass"/></xsl:call-template>
        <xsl:call-template name="tally"><xsl:with-param name="of" select="'remarks'"/><xsl:with-param name="n" select="@remarks"/></xsl:call-template>
        <xsl:call-template name="tally"><xsl:with-param name="of" select="'inconclusive'"/><xsl:with-param name="n" select="@inconclusive"/></xsl:call-template>
        <xsl:call-template name="tally"><xsl:with-param name="of" select="'fail'"/><xsl:with-param name="n" select="@fail"/></xsl:call-template>
        <xsl:call-template name="tally"><xsl:with-param name="of" select="'error'"/><xsl:with-param name="n" select="@error"/></xsl:call-template>
        <xsl:call-template name="tally"><xsl:with-param name="of" select="'not-run'"/><xsl:with-param name="n" select="@not-run"/></xsl:call-template>
        <span class="dim"><xsl:value-of select="concat('from ', @first-name)"/></span>
      </summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Cases">
        <table class="cases">
          <thead><tr><th scope="col">Verdict</th><th scope="col">Case</th><th scope="col">Role</th><th scope="col">Level</th><th scope="col">Class</th><th scope="col">Rung</th><th scope="col">Reason</th><th scope="col" class="n">ms</th><xsl:if test="@tries"><th scope="col">Stability</th></xsl:if></tr></thead>
          <tbody><xsl:comment>rows</xsl:comment></tbody>
        </table>
      </div>
    </details>
  </xsl:template>
  <xsl:template match="/r:cases"><xsl:apply-templates select="r:case"/></xsl:template>

  <xsl:template name="tally">
    <xsl:param name="of"/>
    <xsl:param name="n"/>
    <xsl:if test="$n &gt; 0"><span class="chip"><b class="g {$of}"><xsl:call-template name="letter"><xsl:with-param name="of" select="$of"/></xsl:call-template></b><xsl:value-of select="concat(' ', $n)"/><span class="sr"><xsl:value-of select="concat(' ', $of)"/></span></span></xsl:if>
  </xsl:template>

  <xsl:template name="letter">
    <xsl:param name="of"/>
    <xsl:choose>
      <xsl:when test="$of = 'pass'">P</xsl:when>
      <xsl:when test="$of = 'remarks'">R</xsl:when>
      <xsl:when test="$of = 'inconclusive'">I</xsl:when>
      <xsl:when test="$of = 'fail'">F</xsl:when>
      <xsl:when test="$of = 'error'">E</xsl:when>
      <xsl:otherwise>N</xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- What people say of the verdict, in two words. -->
  <xsl:template name="said"><xsl:if test="@conflict"><b class="said"> conflict</b></xsl:if><xsl:if test="@overridden"><b class="said"><xsl:value-of select="concat(' overridden: ', @overridden)"/></b></xsl:if><xsl:if test="@disputed"><b class="said"> disputed</b></xsl:if></xsl:template>

  <xsl:template name="badge"><b class="g {@verdict}"><xsl:call-template name="letter"><xsl:with-param name="of" select="@verdict"/></xsl:call-template></b></xsl:template>

  <!-- What has no section of its own bears the anchor here. -->
  <xsl:template match="r:case" mode="row">
    <tr><td><xsl:call-template name="badge"/><xsl:value-of select="concat(' ', @verdict)"/></td><th scope="row"><xsl:choose><xsl:when test="@place = 'row'"><xsl:attribute name="id"><xsl:value-of select="concat('c', @index)"/></xsl:attribute><xsl:call-template name="name"/></xsl:when><xsl:otherwise><a href="#c{@index}"><xsl:call-template name="name"/></a></xsl:otherwise></xsl:choose></th><td><xsl:value-of select="@role"/></td><td><xsl:value-of select="@level"/></td><td><xsl:value-of select="@class"/></td><td><xsl:value-of select="@rung"/></td><td><xsl:value-of select="@reason"/><xsl:if test="@expectation = 'quarantined' or @expectation = 'unclaimed'"><xsl:value-of select="concat(' (', @expectation, ')')"/></xsl:if><xsl:call-template name="said"/></td><td><xsl:value-of select="@ms"/></td><xsl:if test="../@tries"><td><xsl:if test="@tried"><xsl:value-of select="concat(@passed, '/', @tried)"/><xsl:if test="@unstable"><b> unstable</b></xsl:if></xsl:if></td></xsl:if></tr>
  </xsl:template>
  <xsl:template name="name"><xsl:value-of select="@id"/><xsl:if test="@name != @id"><i><xsl:value-of select="substring(@name, string-length(@id) + 1)"/></i></xsl:if></xsl:template>

  <xsl:template match="r:case[@place = 'row']" priority="2"/>
  <xsl:template match="r:case[@place = 'line']">
    <p class="line l-{@verdict}" id="c{@index}"><xsl:call-template name="badge"/><xsl:text> </xsl:text><b><xsl:value-of select="@name"/></b><xsl:text> </xsl:text><xsl:value-of select="r:title"/>
      <xsl:if test="@reason"><xsl:text> </xsl:text><code class="v"><xsl:value-of select="@reason"/></code></xsl:if>
      <xsl:call-template name="said"/>
      <xsl:if test="@folder"><xsl:text> </xsl:text><span class="dim"><xsl:value-of select="@folder"/></span></xsl:if>
      <xsl:for-each select="r:finding"><span class="v seen"><xsl:value-of select="concat(' ', @rule, @step, ': ', r:seen)"/></span></xsl:for-each>
    </p>
  </xsl:template>

  <xsl:template match="r:case">
    <article class="case e-{@verdict}" aria-labelledby="t{@index}">
      <details>
        <xsl:if test="@example and (@verdict = 'fail' or @verdict = 'error')"><xsl:attribute name="open">open</xsl:attribute></xsl:if>
        <summary>
          <xsl:call-template name="badge"/>
          <h3 id="t{@index}"><xsl:value-of select="@name"/></h3>
          <span class="sub"><xsl:value-of select="r:title"/></span>
          <span class="state"><span class="sr"><xsl:value-of select="@verdict"/><xsl:text> </xsl:text></span><xsl:if test="@reason"><code class="v"><xsl:value-of select="@reason"/></code></xsl:if><xsl:call-template name="said"/><xsl:if test="@ms"><span class="dim"><xsl:value-of select="concat(' ', @ms, ' ms')"/></span></xsl:if></span>
        </summary>
        <div class="body">
          <span class="anchor" id="c{@index}"/>
          <xsl:call-template name="about"/>
          <xsl:if test="r:rung"><xsl:call-template name="ladder"/></xsl:if>
          <xsl:if test="r:finding"><h4>Findings</h4><xsl:apply-templates select="r:finding"/></xsl:if>
          <xsl:if test="r:compared"><xsl:call-template name="compared"/></xsl:if>
          <xsl:if test="r:dump"><h4>Octets at the place</h4><xsl:apply-templates select="r:dump"/></xsl:if>
          <xsl:apply-templates select="r:labels"/>
          <xsl:if test="r:step"><xsl:call-template name="steps"/></xsl:if>
          <xsl:if test="r:transcript/r:line"><xsl:call-template name="sequence"/></xsl:if>
          <xsl:if test="r:transcript"><h4>Transcripts</h4><xsl:apply-templates select="r:transcript"/></xsl:if>
          <xsl:if test="r:judged"><xsl:call-template name="judged"/></xsl:if>
          <xsl:if test="r:file or r:problem"><xsl:call-template name="evidence"/></xsl:if>
          <xsl:if test="r:command"><h4>Run it again</h4><pre class="v command" tabindex="0"><xsl:value-of select="r:command"/></pre></xsl:if>
        </div>
      </details>
    </article>
  </xsl:template>

  <xsl:template name="about">
    <xsl:if test="r:why"><p class="purpose"><xsl:value-of select="r:why"/></p></xsl:if>
    <dl class="pairs">
      <dt>Verdict</dt><dd><b><xsl:value-of select="@verdict"/></b><xsl:if test="r:meaning"><xsl:value-of select="concat(': ', r:meaning)"/></xsl:if></dd>
      <xsl:if test="@expectation"><dt>Expectation</dt><dd><xsl:value-of select="translate(@expectation, '-', ' ')"/><xsl:for-each select="r:known"><xsl:value-of select="concat(', stated: ', @verdict, ' ', @reason, ', ', r:text, ' (', @owner)"/><xsl:if test="@ticket"><xsl:value-of select="concat(', ', @ticket)"/></xsl:if><xsl:if test="@until"><xsl:value-of select="concat(', until ', @until)"/></xsl:if>)</xsl:for-each></dd></xsl:if>
      <xsl:if test="r:opinion"><dt>Opinions</dt><dd><xsl:for-each select="r:opinion"><span class="v"><xsl:value-of select="r:says"/></span><xsl:if test="position() != last()"><br/></xsl:if></xsl:for-each></dd></xsl:if>
      <xsl:if test="@tried"><dt>Stability</dt><dd><xsl:value-of select="concat(@passed, '/', @tried)"/><xsl:if test="@unstable"><xsl:text>, </xsl:text><b>unstable</b></xsl:if></dd></xsl:if>
      <xsl:if test="@attribution"><dt>Attributed to</dt><dd><xsl:value-of select="@attribution"/></dd></xsl:if>
      <xsl:if test="r:requirement"><dt>Clause</dt><dd><xsl:for-each select="r:requirement"><a href="#k{@clause-index}"><xsl:value-of select="concat(@document, ' ', @clause)"/></a><xsl:if test="@rule"><xsl:value-of select="concat(' (', @rule, ')')"/></xsl:if><xsl:if test="position() != last()"><br/></xsl:if></xsl:for-each></dd></xsl:if>
      <dt>Kind</dt><dd><xsl:value-of select="concat(@role, ', ', @level, ', ', @class)"/><xsl:if test="@importance"><xsl:value-of select="concat(', importance ', @importance)"/></xsl:if></dd>
      <xsl:if test="@control"><dt>Control</dt><dd><xsl:choose><xsl:when test="r:control"><a href="#c{r:control/@index}"><xsl:value-of select="r:control/@name"/></a><xsl:text>: </xsl:text><b class="g {r:control/@verdict}"><xsl:call-template name="letter"><xsl:with-param name="of" select="r:control/@verdict"/></xsl:call-template></b><xsl:value-of select="concat(' ', r:control/@verdict, ' ', r:control/@reason)"/></xsl:when><xsl:otherwise><xsl:value-of select="@control"/></xsl:otherwise></xsl:choose></dd></xsl:if>
      <xsl:if test="r:mutation"><dt>Changed on purpose</dt><dd><xsl:for-each select="r:mutation"><code class="v"><xsl:value-of select="@operator"/></code><xsl:if test="@on"><xsl:text> on </xsl:text><code class="v"><xsl:value-of select="@on"/></code></xsl:if><xsl:if test="r:value"><xsl:text> with </xsl:text><code class="v"><xsl:value-of select="r:value"/></code></xsl:if><xsl:if test="position() != last()"><br/></xsl:if></xsl:for-each></dd></xsl:if>
      <xsl:if test="@sins"><dt>Catches</dt><dd><xsl:value-of select="@sins"/></dd></xsl:if>
      <xsl:if test="@at-ms"><dt>When</dt><dd><xsl:value-of select="concat(format-number(@at-ms div 1000, '0.000'), ' s into the run, for ', @ms, ' ms')"/></dd></xsl:if>
      <xsl:if test="count(r:attempt) &gt; 1"><dt>Attempts</dt><dd><xsl:for-each select="r:attempt"><xsl:value-of select="concat(@number, ': ', @verdict, ' ', @reason, ' (', @folder, ')')"/><xsl:if test="@source"><xsl:value-of select="concat(', of run ', @source)"/></xsl:if><br/></xsl:for-each></dd></xsl:if>
    </dl>
  </xsl:template>

  <xsl:template name="ladder">
    <h4>How far it came</h4>
    <ol class="ladder">
      <xsl:for-each select="r:rung">
        <li><xsl:attribute name="class"><xsl:if test="@reached">yes</xsl:if><xsl:if test="@here"> here</xsl:if></xsl:attribute><xsl:if test="@here"><xsl:attribute name="aria-current">step</xsl:attribute></xsl:if><xsl:value-of select="@name"/></li>
      </xsl:for-each>
    </ol>
  </xsl:template>

  <xsl:template match="r:finding">
    <div class="finding">
      <p class="rule">
        <b><xsl:choose><xsl:when test="@rule-index"><a href="#r{@rule-index}"><xsl:value-of select="@rule"/></a></xsl:when><xsl:otherwise><xsl:value-of select="@rule"/></xsl:otherwise></xsl:choose><xsl:if test="@step"><xsl:value-of select="concat('Step ', @step)"/></xsl:if></b>
        <span class="dim">
          <xsl:if test="@level"><xsl:value-of select="concat(' ', @level)"/></xsl:if>
          <xsl:if test="@see"><xsl:text> · </xsl:text><a href="#k{@clause-index}"><xsl:value-of select="concat(@document, ' ', @see)"/></a></xsl:if>
          <xsl:if test="@leg"><xsl:value-of select="concat(' · leg ', @leg)"/></xsl:if>
          <xsl:if test="@offset"><xsl:value-of select="concat(' · octet ', @offset)"/></xsl:if>
          <xsl:if test="@count &gt; 1"><xsl:value-of select="concat(' · ', @count, ' places')"/></xsl:if>
        </span>
        <xsl:if test="r:says"><br/><xsl:value-of select="r:says"/></xsl:if>
      </p>
      <dl class="pairs">
        <xsl:if test="r:expected"><dt>Expected</dt><dd><span class="v"><xsl:value-of select="r:expected"/></span></dd></xsl:if>
        <xsl:if test="r:seen"><dt>Seen</dt><dd><span class="v seen"><xsl:value-of select="r:seen"/></span></dd></xsl:if>
        <xsl:if test="r:hint"><dt>What helps</dt><dd><xsl:value-of select="r:hint"/></dd></xsl:if>
        <xsl:if test="r:place"><dt>Where</dt><dd><xsl:for-each select="r:place"><code class="v"><xsl:value-of select="."/></code><br/></xsl:for-each></dd></xsl:if>
      </dl>
    </div>
  </xsl:template>

  <xsl:template name="compared">
    <h4>Compared</h4>
    <div class="scroll" tabindex="0" role="region" aria-label="Compared">
      <table class="plain">
        <thead><tr><th scope="col">What</th><th scope="col">Legs</th><th scope="col">Same as</th><th scope="col">At least</th><th scope="col">First difference</th><th scope="col">Was</th><th scope="col">Is</th></tr></thead>
        <tbody><xsl:for-each select="r:compared"><tr><xsl:attribute name="class"><xsl:if test="not(@enough)">not-met</xsl:if></xsl:attribute><td><xsl:value-of select="@what"/></td><td><xsl:value-of select="concat(@first, ', ', @second)"/></td><td><b><xsl:value-of select="@held"/></b></td><td><xsl:value-of select="@demanded"/></td><td><span class="v"><xsl:value-of select="r:where"/></span><xsl:if test="@offset"><xsl:value-of select="concat(' octet ', @offset)"/></xsl:if></td><td><span class="v"><xsl:value-of select="r:expected"/></span></td><td><span class="v seen"><xsl:value-of select="r:seen"/></span></td></tr></xsl:for-each></tbody>
      </table>
    </div>
  </xsl:template>

  <xsl:template name="steps">
    <h4>Steps</h4>
    <div class="scroll" tabindex="0" role="region" aria-label="Steps">
      <table class="plain">
        <thead><tr><th scope="col" class="n">ms</th><th scope="col">Step</th><th scope="col">Of</th><th scope="col">Expected</th><th scope="col">Observed</th><th scope="col">Met</th></tr></thead>
        <tbody><xsl:for-each select="r:step"><tr><xsl:attribute name="class"><xsl:if test="@ok = 'false'">not-met</xsl:if></xsl:attribute><td class="n"><xsl:value-of select="@at-ms"/></td><td><xsl:value-of select="@name"/></td><td><xsl:value-of select="@of"/></td><td><span class="v"><xsl:value-of select="r:expected"/></span></td><td><span class="v"><xsl:value-of select="r:observed"/></span></td><td><xsl:choose><xsl:when test="@ok = 'true'">yes</xsl:when><xsl:otherwise><b>no</b></xsl:otherwise></xsl:choose></td></tr></xsl:for-each></tbody>
      </table>
    </div>
  </xsl:template>

  <!-- Three ways to see a label: as a user does, as a table, as XML; side by side what was intended, what
       was on the wire on either side, and what the policy engine understood in the end. -->
  <xsl:template match="r:labels">
    <h4>Label and marking</h4>
    <div class="scroll" tabindex="0" role="region" aria-label="Label and marking">
      <table class="labels">
        <thead><tr><th scope="col" class="eq"><span class="sr">Compared</span></th><th scope="col">Fact</th><xsl:for-each select="r:leg"><th scope="col"><xsl:choose><xsl:when test="@way = 'intended'">Intended</xsl:when><xsl:when test="@way != 'sent'">On the wire, as it came out</xsl:when><xsl:when test="../r:leg/@way = 'intended'">On the wire, changed on purpose</xsl:when><xsl:otherwise>Intended, and so on the wire</xsl:otherwise></xsl:choose><span class="leg"><xsl:value-of select="concat(' leg ', @name)"/><xsl:if test="@way != 'intended'"><xsl:value-of select="concat(', ', @carrier)"/></xsl:if></span></th></xsl:for-each><xsl:if test="r:fact/r:understood"><th scope="col">As understood<span class="leg"> by the policy engine</span></th></xsl:if></tr></thead>
        <tbody>
          <xsl:if test="r:leg/r:seen-label">
            <xsl:variable name="first" select="r:leg[1]/r:seen-label[1]/r:marking"/>
            <tr class="as-seen"><xsl:if test="r:leg[position() &gt; 1 and string(r:seen-label[1]/r:marking) != string($first)]"><xsl:attribute name="class">as-seen differs</xsl:attribute></xsl:if>
              <td class="eq"><xsl:if test="r:leg[position() &gt; 1 and string(r:seen-label[1]/r:marking) != string($first)]"><b aria-hidden="true">≠</b><span class="sr">differs</span></xsl:if></td>
              <th scope="row">What a user sees</th>
              <xsl:for-each select="r:leg"><td class="w-{@way}"><xsl:apply-templates select="r:seen-label"/><xsl:if test="not(r:seen-label)"><span class="absent">no label that could be read</span></xsl:if></td></xsl:for-each>
              <xsl:if test="r:fact/r:understood"><td class="meant"><xsl:call-template name="understood"/></td></xsl:if>
            </tr>
          </xsl:if>
          <xsl:for-each select="r:fact">
            <xsl:variable name="at" select="substring-before(@name, ': ')"/>
            <xsl:if test="$at != substring-before(preceding-sibling::r:fact[1]/@name, ': ') or position() = 1">
              <tr class="at"><th scope="colgroup" colspan="{count(../r:leg) + 2 + boolean(../r:fact/r:understood)}"><xsl:value-of select="$at"/></th></tr>
            </xsl:if>
            <tr><xsl:attribute name="class"><xsl:if test="@differs">differs</xsl:if></xsl:attribute>
              <td class="eq"><xsl:choose><xsl:when test="@differs"><b aria-hidden="true">≠</b><span class="sr">differs</span></xsl:when><xsl:otherwise><span aria-hidden="true">=</span><span class="sr">same</span></xsl:otherwise></xsl:choose></td>
              <th scope="row"><xsl:value-of select="substring-after(@name, ': ')"/></th>
              <xsl:for-each select="r:cell"><xsl:variable name="n" select="position()"/><td class="w-{../../r:leg[$n]/@way}"><xsl:if test="@other"><xsl:attribute name="class"><xsl:value-of select="concat('other w-', ../../r:leg[$n]/@way)"/></xsl:attribute></xsl:if><xsl:choose><xsl:when test="@absent"><span class="absent">absent</span></xsl:when><xsl:otherwise><span class="v"><xsl:value-of select="r:value"/></span></xsl:otherwise></xsl:choose></td></xsl:for-each>
              <xsl:if test="../r:fact/r:understood"><td class="meant"><xsl:if test="@misunderstood"><xsl:attribute name="class">meant other</xsl:attribute></xsl:if><xsl:if test="r:understood"><span class="v"><xsl:value-of select="r:understood"/></span></xsl:if></td></xsl:if>
            </tr>
          </xsl:for-each>
        </tbody>
      </table>
    </div>
    <xsl:if test="r:leg/r:seen-label/r:xml">
      <details class="xml"><summary>The labels as XML</summary>
        <div class="side">
          <xsl:for-each select="r:leg[r:seen-label]">
            <div><p class="dim"><xsl:if test="@way = 'intended'">Intended, </xsl:if><xsl:value-of select="concat('leg ', @name)"/></p><xsl:for-each select="r:seen-label[r:xml]"><pre class="v command" tabindex="0"><xsl:value-of select="r:xml"/></pre></xsl:for-each></div>
          </xsl:for-each>
        </div>
      </details>
    </xsl:if>
  </xsl:template>

  <!-- Of the last leg that was on the wire, its first label. -->
  <xsl:template name="understood">
    <xsl:for-each select="r:leg[@way != 'intended' and r:seen-label][last()]/r:seen-label[1]">
      <xsl:choose>
        <xsl:when test="not(@known)"><span class="absent">its policy is not known here</span></xsl:when>
        <xsl:otherwise><xsl:value-of select="concat(substring('not valid', 1 + 4 * boolean(@valid)), ' under ', @policy)"/></xsl:otherwise>
      </xsl:choose>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="r:seen-label">
    <xsl:choose>
      <xsl:when test="not(r:marking) and not(@known)"><p class="absent">of a policy that is not known here</p></xsl:when>
      <xsl:when test="not(r:marking)"><p class="absent">shows no marking</p></xsl:when>
      <xsl:otherwise>
        <table class="mark" role="presentation"><tr><td>
          <xsl:if test="@colour"><xsl:attribute name="bgcolor"><xsl:value-of select="@colour"/></xsl:attribute></xsl:if>
          <xsl:choose><xsl:when test="@text-colour"><font color="{@text-colour}"><xsl:value-of select="r:marking"/></font></xsl:when><xsl:otherwise><xsl:value-of select="r:marking"/></xsl:otherwise></xsl:choose>
        </td></tr></table>
      </xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@known and not(@valid)"><span class="seen small">not valid under its policy</span></xsl:if>
  </xsl:template>

  <xsl:template match="r:dump">
    <figure class="dump">
      <figcaption><xsl:value-of select="concat(@file, ', octet ', @offset)"/><span class="dim"><xsl:value-of select="concat(' · ', @of, ', leg ', @leg)"/></span></figcaption>
      <div class="scroll" tabindex="0" role="region" aria-label="Octets"><table><tbody>
        <xsl:for-each select="r:octets"><tr><th scope="row"><xsl:value-of select="@offset"/></th><td><xsl:value-of select="r:before"/><mark><xsl:value-of select="r:at"/></mark><xsl:value-of select="r:behind"/></td><td><xsl:value-of select="r:text-before"/><mark><xsl:value-of select="r:text-at"/></mark><xsl:value-of select="r:text-behind"/></td></tr></xsl:for-each>
      </tbody></table></div>
    </figure>
  </xsl:template>

  <!-- Three life lines: the harness that sends, the system under test, the harness that receives. A reply
       of several lines is one arrow. Where the harness speaks first with a code, the system connected to it. -->
  <xsl:template name="sequence">
    <h4>Sequence</h4>
    <div class="scroll" tabindex="0" role="region" aria-label="Sequence">
      <table class="seq">
        <thead><tr><th scope="col" class="n">ms</th><th scope="col"><span class="end">Muster sends</span><span class="end">System under test</span></th><th scope="col"><span class="end">System under test</span><span class="end">Muster receives</span></th></tr></thead>
        <xsl:for-each select="r:transcript[r:line]">
          <xsl:variable name="opens" select="r:line[@way != 'note'][1]"/>
          <xsl:variable name="right" select="$opens/@way = 'sent' and number(substring($opens/r:text, 1, 3)) &gt; 0"/>
          <tbody>
            <xsl:for-each select="r:line[not(substring(r:text, 4, 1) = '-' and number(substring(r:text, 1, 3)) &gt; 0)][position() &lt;= 40]">
              <tr class="{@way}"><td class="n"><xsl:value-of select="@at-ms"/></td>
                <xsl:if test="$right"><td/></xsl:if>
                <td><xsl:attribute name="class"><xsl:choose><xsl:when test="@way = 'note'">about</xsl:when><xsl:when test="(@way = 'sent') = $right">fro</xsl:when><xsl:otherwise>to</xsl:otherwise></xsl:choose></xsl:attribute><span><xsl:value-of select="substring(r:text, 1, 120)"/></span></td>
                <xsl:if test="not($right)"><td/></xsl:if>
              </tr>
            </xsl:for-each>
          </tbody>
        </xsl:for-each>
      </table>
    </div>
    <p class="hint">Each connection counts its milliseconds from its own start. The whole of it stands in the transcripts.</p>
  </xsl:template>

  <xsl:template match="r:transcript">
    <details class="talk"><xsl:if test="../@example and (../@verdict = 'fail' or ../@verdict = 'error')"><xsl:attribute name="open">open</xsl:attribute></xsl:if><summary><xsl:value-of select="@file"/><span class="dim"><xsl:value-of select="concat(' ', count(r:line), ' lines')"/></span></summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Transcript">
        <table>
          <thead class="sr"><tr><th scope="col">ms</th><th scope="col">Direction: → the harness sent it, ← it received it, · a note</th><th scope="col">Text</th></tr></thead>
          <tbody>
            <xsl:for-each select="r:line">
              <tr class="{@way}"><td><xsl:value-of select="@at-ms"/></td><td><xsl:choose><xsl:when test="@way = 'sent'">→</xsl:when><xsl:when test="@way = 'received'">←</xsl:when><xsl:otherwise>·</xsl:otherwise></xsl:choose></td><td><xsl:value-of select="r:text"/></td></tr>
            </xsl:for-each>
          </tbody>
        </table>
      </div>
      <xsl:if test="@left-out &gt; 0"><p class="hint"><xsl:value-of select="concat(@left-out, ' more lines stand in the file.')"/></p></xsl:if>
    </details>
  </xsl:template>

  <xsl:template name="words"><xsl:param name="of"/><xsl:value-of select="string-length($of) - string-length(translate($of, ' ', '')) + 1"/></xsl:template>

  <xsl:template name="judged">
    <h4>Rules judged</h4>
    <dl class="pairs">
      <xsl:for-each select="r:judged">
        <dt>On leg <xsl:value-of select="@leg"/></dt>
        <dd><xsl:if test="r:broken"><b>broken</b><xsl:text> </xsl:text><span class="seen"><xsl:value-of select="r:broken"/></span><br/></xsl:if><xsl:if test="r:held"><details><summary><xsl:call-template name="words"><xsl:with-param name="of" select="r:held"/></xsl:call-template> held</summary><span class="ids"><xsl:value-of select="r:held"/></span></details></xsl:if><xsl:if test="r:not-applicable"><details class="dim"><summary><xsl:call-template name="words"><xsl:with-param name="of" select="r:not-applicable"/></xsl:call-template> not applicable</summary><span class="ids"><xsl:value-of select="r:not-applicable"/></span></details></xsl:if></dd>
      </xsl:for-each>
    </dl>
  </xsl:template>

  <xsl:template name="evidence">
    <h4>Evidence <span class="dim"><xsl:value-of select="@folder"/><xsl:if test="r:file/@in"> in <xsl:value-of select="r:file/@in"/></xsl:if></span></h4>
    <xsl:for-each select="r:problem"><p class="warn"><xsl:if test="@file"><strong><xsl:value-of select="@file"/></strong><xsl:text> </xsl:text></xsl:if><xsl:value-of select="r:text"/>.</p></xsl:for-each>
    <xsl:if test="r:file">
      <div class="scroll" tabindex="0" role="region" aria-label="Evidence">
        <table class="plain">
          <thead><tr><th scope="col">File</th><th scope="col" class="n">Octets</th><th scope="col"><xsl:choose><xsl:when test="r:file/@hmac">HMAC-SHA-256, not kept</xsl:when><xsl:otherwise>SHA-256</xsl:otherwise></xsl:choose></th></tr></thead>
          <tbody><xsl:for-each select="r:file"><tr><td class="nw"><xsl:value-of select="@name"/></td><td class="n"><xsl:value-of select="@octets"/></td><td><code class="v hash"><xsl:value-of select="concat(@sha256, @hmac)"/></code></td></tr></xsl:for-each></tbody>
        </table>
      </div>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
