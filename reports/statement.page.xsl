<?xml version="1.0" encoding="UTF-8"?>
<!-- The conformance statement: what an accreditor signs. Its parts are those of a test report on a system (what
     was tested, by what means, within which limits, with what result) and on a protocol (claims, then
     requirements), as ISO/IEC 9646-5 has them. Requirements and exchanges are counted apart and never added up.
     No script; no attribute holds text of a system under test. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:r="urn:muster:result:1" exclude-result-prefixes="r">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

  <xsl:template match="/r:run">
    <html lang="en">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{r:style-digest}'; base-uri 'none'; form-action 'none'"/>
        <meta name="referrer" content="no-referrer"/>
        <meta name="color-scheme" content="light dark"/>
        <title>Conformance statement: <xsl:call-template name="system"/></title>
        <style><xsl:value-of select="r:style"/></style>
      </head>
      <body class="statement">
        <a class="skip" href="#result">Skip to the result</a>
        <div class="top"><xsl:call-template name="banner"><xsl:with-param name="where" select="'at-top'"/></xsl:call-template></div>
        <main>
          <section aria-labelledby="h-statement">
            <p class="over">Conformance statement · <xsl:value-of select="r:profile/@title"/><xsl:if test="not(r:profile/@title)"><xsl:value-of select="r:profile/@id"/></xsl:if></p>
            <h1 id="h-statement"><xsl:call-template name="system"/></h1>
            <xsl:if test="@state != 'complete'"><p class="alarm" role="alert"><strong><xsl:value-of select="translate(@state, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')"/></strong> This run did not end in good order. Nothing may be stated from it.</p></xsl:if>
          </section>
          <xsl:call-template name="result"/>
          <xsl:call-template name="tested"/>
          <xsl:call-template name="means"/>
          <xsl:call-template name="conformance"/>
          <xsl:if test="r:matrix[@of = 'sender'] or r:journey"><xsl:call-template name="interoperability"/></xsl:if>
          <xsl:call-template name="claims"/>
          <xsl:call-template name="conditions"/>
          <xsl:call-template name="requirements"/>
          <xsl:call-template name="signatures"/>
        </main>
        <xsl:call-template name="banner"><xsl:with-param name="where" select="'at-bottom'"/></xsl:call-template>
      </body>
    </html>
  </xsl:template>

  <xsl:template name="system"><xsl:value-of select="r:sut/@name"/><xsl:if test="not(r:sut/@name)"><xsl:value-of select="r:sut/@id"/></xsl:if><xsl:if test="r:sut/@version"><xsl:value-of select="concat(' ', r:sut/@version)"/></xsl:if></xsl:template>

  <xsl:template name="banner">
    <xsl:param name="where"/>
    <div class="banner {$where}" role="note" aria-label="Marking of this statement">
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
    <xsl:choose>
      <xsl:when test="@verdict = 'pass'">P</xsl:when>
      <xsl:when test="@verdict = 'remarks'">R</xsl:when>
      <xsl:when test="@verdict = 'inconclusive'">I</xsl:when>
      <xsl:when test="@verdict = 'fail'">F</xsl:when>
      <xsl:when test="@verdict = 'error'">E</xsl:when>
      <xsl:otherwise>N</xsl:otherwise>
    </xsl:choose>
  </xsl:template>
  <xsl:template name="badge"><b class="g {@verdict}"><xsl:call-template name="letter"/></b><span class="sr"><xsl:value-of select="concat(' ', @verdict)"/></span></xsl:template>

  <!-- "a, b and c" of whatever the caller stands on. -->
  <xsl:template name="listed"><xsl:choose><xsl:when test="position() = 1"/><xsl:when test="position() = last()"> and </xsl:when><xsl:otherwise>, </xsl:otherwise></xsl:choose></xsl:template>

  <!-- One sentence of conformance. What an expectation file covers is violated all the same. -->
  <xsl:template name="result">
    <xsl:variable name="broken" select="count(r:document/r:clause[@verdict = 'fail'])"/>
    <xsl:variable name="open" select="count(r:document/r:clause[@verdict = 'inconclusive' or @verdict = 'error'])"/>
    <section id="result" aria-labelledby="h-result">
      <h2 id="h-result">1 Result and scope</h2>
      <p class="answer"><xsl:choose>
        <xsl:when test="@state != 'complete'">Nothing is stated: the run did not end in good order.</xsl:when>
        <xsl:when test="@ran = 0">Nothing is stated: no case ran.</xsl:when>
        <xsl:when test="r:count[@verdict = 'fail']/@n &gt; 0 and $broken = 0">Conformance is not shown: <xsl:value-of select="concat(r:count[@verdict = 'fail']/@n, substring(' cases', 1, 5 + (r:count[@verdict = 'fail']/@n != 1)))"/> failed.</xsl:when>
        <xsl:when test="r:count[@verdict = 'fail']/@n &gt; 0"><xsl:value-of select="concat('Conformance is not shown: ', $broken, substring(' clauses', 1, 7 + ($broken != 1)), substring(' are is', 1 + 4 * ($broken = 1), 4), ' violated in what was tested')"/><xsl:if test="$open &gt; 0"><xsl:value-of select="concat(', and ', $open, ' could not be judged')"/></xsl:if>.</xsl:when>
        <xsl:when test="r:count[@verdict = 'inconclusive']/@n + r:count[@verdict = 'error']/@n &gt; 0">No violation was found, but conformance is not shown: <xsl:value-of select="r:count[@verdict = 'inconclusive']/@n + r:count[@verdict = 'error']/@n"/> cases could not be judged.</xsl:when>
        <xsl:otherwise>Conformant in what was tested<xsl:if test="r:count[@verdict = 'remarks']/@n &gt; 0">, with remarks</xsl:if>.</xsl:otherwise>
      </xsl:choose></p>
      <p class="scope">This statement is about <strong><xsl:call-template name="system"/></strong><xsl:for-each select="r:adapter[@sut-build][not(@sut-build = preceding-sibling::r:adapter/@sut-build)]">, build <code class="v"><xsl:value-of select="@sut-build"/></code></xsl:for-each>, in the configuration of the SUT file<xsl:choose><xsl:when test="r:digest[@name = 'sut']/@value"> with the digest <code class="v hash"><xsl:value-of select="r:digest[@name = 'sut']/@value"/></code></xsl:when><xsl:otherwise> that its adapter stands for</xsl:otherwise></xsl:choose>, <xsl:call-template name="roles"/>, and about the <xsl:value-of select="concat(@ran, ' of ', @catalogue)"/> cases of the suite <xsl:value-of select="r:suite/@id"/> that ran in session <xsl:value-of select="@id"/>. No other configurations, versions, builds, roles or options were tested, and nothing is said about them.</p>
      <xsl:if test="r:left-out">
        <p>Not tested:</p>
        <ul><xsl:for-each select="r:left-out"><li><xsl:value-of select="concat(@n, ' cases, ')"/><code class="v"><xsl:value-of select="@reason"/></code><xsl:if test="r:meaning"><xsl:value-of select="concat(': ', r:meaning)"/></xsl:if></li></xsl:for-each></ul>
      </xsl:if>
    </section>
  </xsl:template>

  <!-- Roles of which something ran; and by name those of which nothing did. -->
  <xsl:template name="roles">
    <xsl:variable name="row" select="r:matrix[@of = 'role']/r:row"/>
    <xsl:choose>
      <xsl:when test="not($row[r:cell[1]/@ran &gt; 0])">in no role</xsl:when>
      <xsl:otherwise>as <xsl:for-each select="$row[r:cell[1]/@ran &gt; 0]"><xsl:call-template name="listed"/><strong><xsl:value-of select="r:name"/></strong></xsl:for-each></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="$row[not(r:cell[1]/@ran &gt; 0)]"> (not as <xsl:for-each select="$row[not(r:cell[1]/@ran &gt; 0)]"><xsl:call-template name="listed"/><xsl:value-of select="r:name"/></xsl:for-each>)</xsl:if>
  </xsl:template>

  <xsl:template name="tested">
    <section aria-labelledby="h-tested">
      <h2 id="h-tested">2 System under test</h2>
      <dl class="pairs">
        <dt>Name, version</dt><dd><xsl:call-template name="system"/><xsl:value-of select="concat(' (', r:sut/@id, ')')"/></dd>
        <dt>Owner</dt><dd><xsl:value-of select="r:sut/@owner"/><xsl:if test="not(r:sut/@owner)"><span class="dim">not stated</span></xsl:if></dd>
        <dt>Build</dt><dd><xsl:for-each select="r:adapter[@sut-build][not(@sut-build = preceding-sibling::r:adapter/@sut-build)]"><code class="v"><xsl:value-of select="@sut-build"/></code><br/></xsl:for-each><xsl:if test="not(r:adapter/@sut-build)"><span class="dim">not stated: no adapter said it</span></xsl:if></dd>
        <dt>SUT file</dt><dd><xsl:choose><xsl:when test="r:digest[@name = 'sut']/@value"><code class="v hash"><xsl:value-of select="r:digest[@name = 'sut']/@value"/></code></xsl:when><xsl:otherwise><span class="dim">none</span></xsl:otherwise></xsl:choose></dd>
        <xsl:for-each select="r:adapter[@name]"><dt>Adapter <xsl:value-of select="@id"/></dt><dd><xsl:value-of select="concat(@name, ' ', @version)"/><xsl:if test="@digest"><br/><code class="v hash"><xsl:value-of select="@digest"/></code></xsl:if></dd></xsl:for-each>
      </dl>
    </section>
  </xsl:template>

  <xsl:template name="means">
    <section aria-labelledby="h-means">
      <h2 id="h-means">3 Means of testing</h2>
      <dl class="pairs">
        <dt>Harness</dt><dd>Muster <xsl:value-of select="concat(@muster, ', isolation ', @isolation)"/><xsl:if test="@isolation != 'full'"> <strong class="seen"> not fit for an official result</strong></xsl:if></dd>
        <dt>Profile</dt><dd><xsl:value-of select="concat(r:profile/@id, ' ', r:profile/@version)"/></dd>
        <dt>Suite</dt><dd><xsl:value-of select="concat(r:suite/@id, ' revision ', r:suite/@revision)"/></dd>
        <xsl:if test="r:health"><dt>Proved to find</dt><dd><xsl:value-of select="r:health/r:says"/></dd></xsl:if>
        <xsl:for-each select="r:policy"><dt>Policy <xsl:value-of select="@name"/></dt><dd><code class="v hash"><xsl:value-of select="@pin"/></code></dd></xsl:for-each>
        <xsl:for-each select="r:digest[@value]"><dt>Digest: <xsl:value-of select="@name"/></dt><dd><code class="v hash"><xsl:value-of select="@value"/></code></dd></xsl:for-each>
        <dt>Session</dt><dd><xsl:value-of select="concat(@id, ', begun ', @started, ', seed ', @seed)"/></dd>
        <dt>Test time</dt><dd><xsl:value-of select="@test-time"/></dd>
        <dt>Selection</dt><dd><code class="v"><xsl:value-of select="@selection"/><xsl:if test="not(@selection)">everything</xsl:if></code></dd>
        <dt>Run stream</dt><dd><xsl:value-of select="concat(r:chain/@state, ', ', r:chain/@lines, ' lines, head of the hash chain')"/><br/><code class="v hash"><xsl:value-of select="r:chain/@head"/></code></dd>
      </dl>
    </section>
  </xsl:template>

  <xsl:template name="conformance">
    <section aria-labelledby="h-conformance">
      <h2 id="h-conformance">4 Conformance, by requirement</h2>
      <p class="hint">Counted are clauses: of each the worst of its rules and of the cases that ask for it. A clause is violated when something that must hold did not.</p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="h-conformance">
        <table class="plain caps">
          <thead><tr><th scope="col">Document</th><th scope="col" class="n">Clauses</th><th scope="col" class="n">Held</th><th scope="col" class="n">Remarks</th><th scope="col" class="n">Violated</th><th scope="col" class="n">Not decided</th><th scope="col" class="n">Not tested</th></tr></thead>
          <tbody><xsl:for-each select="r:document"><tr><th scope="row"><xsl:value-of select="@name"/></th><td class="n"><xsl:value-of select="count(r:clause)"/></td><td class="n"><xsl:value-of select="count(r:clause[@verdict = 'pass'])"/></td><td class="n"><xsl:value-of select="count(r:clause[@verdict = 'remarks'])"/></td><td class="n"><xsl:value-of select="count(r:clause[@verdict = 'fail'])"/></td><td class="n"><xsl:value-of select="count(r:clause[@verdict = 'inconclusive' or @verdict = 'error'])"/></td><td class="n"><xsl:value-of select="count(r:clause[@verdict = 'not-run'])"/></td></tr></xsl:for-each></tbody>
        </table>
      </div>
    </section>
  </xsl:template>

  <xsl:template name="interoperability">
    <section aria-labelledby="h-interop">
      <h2 id="h-interop">5 Interoperability, by exchange</h2>
      <p class="hint">Counted are cases, by who sent and who received. This is another count than that of the clauses, and neither may be added to the other: what conforms may fail to work together, and the other way round.</p>
      <xsl:for-each select="r:matrix[@of = 'sender']">
        <div class="scroll" tabindex="0" role="region" aria-label="Exchanges"><table class="plain caps">
          <thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col" class="n">Exist</th><th scope="col" class="n">Ran</th><th scope="col" class="n">Passed</th><th scope="col">Worst</th></tr></thead>
          <tbody><xsl:for-each select="r:row/r:cell[@verdict]"><xsl:variable name="at" select="count(preceding-sibling::r:cell) + 1"/><tr><th scope="row"><xsl:value-of select="../r:name"/></th><td><xsl:value-of select="../../r:column[$at]"/></td><td class="n"><xsl:value-of select="@total"/></td><td class="n"><xsl:value-of select="@ran"/></td><td class="n"><xsl:value-of select="@passed"/></td><td><xsl:call-template name="badge"/><xsl:if test="@attribution"><xsl:value-of select="concat(' attributed to ', @attribution)"/></xsl:if></td></tr></xsl:for-each></tbody>
        </table></div>
      </xsl:for-each>
      <xsl:for-each select="r:journey"><p>Labels, as <xsl:value-of select="@role"/>: <xsl:for-each select="r:fate"><xsl:call-template name="listed"/><xsl:value-of select="concat(@n, ' ', @name)"/></xsl:for-each>.</p></xsl:for-each>
    </section>
  </xsl:template>

  <xsl:template name="claims">
    <section aria-labelledby="h-claims">
      <h2 id="h-claims">6 Claims against evidence</h2>
      <xsl:if test="not(r:capability)"><p>The system claims no capability, and no case needs one.</p></xsl:if>
      <xsl:if test="r:capability">
        <div class="scroll" tabindex="0" role="region" aria-labelledby="h-claims">
          <table class="plain caps">
            <thead><tr><th scope="col">Capability</th><th scope="col">Claimed</th><th scope="col" class="n">Cases</th><th scope="col" class="n">Ran</th><th scope="col" class="n">Passed</th><th scope="col" class="n">Failed</th><th scope="col">Evidence</th></tr></thead>
            <tbody><xsl:for-each select="r:capability"><tr><th scope="row"><xsl:value-of select="@name"/></th><td><xsl:choose><xsl:when test="@claimed or @said">yes</xsl:when><xsl:otherwise>no</xsl:otherwise></xsl:choose></td><td class="n"><xsl:value-of select="@total"/></td><td class="n"><xsl:value-of select="@ran"/></td><td class="n"><xsl:value-of select="@passed"/></td><td class="n"><xsl:value-of select="@failed"/></td><td><xsl:call-template name="badge"/><xsl:value-of select="concat(' ', @standing)"/></td></tr></xsl:for-each></tbody>
          </table>
        </div>
      </xsl:if>
    </section>
  </xsl:template>

  <!-- Everything that somebody who relies on the statement must know. -->
  <xsl:template name="conditions">
    <section id="conditions" aria-labelledby="h-conditions">
      <h2 id="h-conditions">7 Conditions</h2>
      <p class="hint">The statement holds with these discrepancies and limits, and not without them.</p>
      <xsl:if test="not(r:issue or r:rule[@waived or @written != @level] or r:capability[@standing = 'not exercised' or @standing = 'no case asks for it'] or r:capability[@unclaimed] or r:untested)"><p>None.</p></xsl:if>
      <xsl:if test="r:issue">
        <h3>Discrepancies</h3>
        <ol class="conditions">
          <xsl:for-each select="r:issue">
            <li><xsl:call-template name="badge"/><xsl:text> </xsl:text><xsl:choose><xsl:when test="@rule"><strong><xsl:value-of select="@rule"/></strong><xsl:value-of select="concat(': ', r:says)"/></xsl:when><xsl:otherwise><code class="v"><xsl:value-of select="@reason"/></code><xsl:if test="r:meaning"><xsl:value-of select="concat(': ', r:meaning)"/></xsl:if></xsl:otherwise></xsl:choose>
              <span class="dim"><xsl:value-of select="concat(' (', @count, substring(' cases', 1, 5 + (@count != 1)))"/><xsl:if test="@see"><xsl:value-of select="concat(', ', @document, ' ', @see)"/></xsl:if><xsl:if test="@level"><xsl:value-of select="concat(', ', @level)"/></xsl:if><xsl:if test="@control"><xsl:value-of select="concat(', control ', @control)"/></xsl:if><xsl:if test="@attribution"><xsl:value-of select="concat(', attributed to ', @attribution)"/></xsl:if>)</span>
              <xsl:for-each select="r:known"><br/>Known to its owner: <xsl:if test="@ticket"><xsl:value-of select="concat(@ticket, ', ')"/></xsl:if><xsl:value-of select="@owner"/><xsl:if test="@until"><xsl:value-of select="concat(', until ', @until)"/></xsl:if><xsl:if test="r:text"><xsl:value-of select="concat(': ', r:text)"/></xsl:if></xsl:for-each>
            </li>
          </xsl:for-each>
        </ol>
      </xsl:if>
      <xsl:if test="r:rule[@waived or @written != @level]">
        <h3>Rules that the profile changed</h3>
        <ul><xsl:for-each select="r:rule[@waived or @written != @level]"><li><strong><xsl:value-of select="@id"/></strong><xsl:value-of select="concat(' (', @document, ' ', @see, '): ')"/><xsl:choose><xsl:when test="@waived">waived</xsl:when><xsl:otherwise><xsl:value-of select="concat('written as ', @written, ', judged as ', @level)"/></xsl:otherwise></xsl:choose><xsl:if test="@because"><xsl:value-of select="concat(', because: ', @because)"/></xsl:if></li></xsl:for-each></ul>
      </xsl:if>
      <xsl:if test="r:capability[@standing = 'not exercised' or @standing = 'no case asks for it']">
        <h3>Claims without evidence</h3>
        <p><xsl:for-each select="r:capability[@standing = 'not exercised' or @standing = 'no case asks for it']"><xsl:call-template name="listed"/><code class="v"><xsl:value-of select="@name"/></code><xsl:value-of select="concat(' (', @standing, ')')"/></xsl:for-each></p>
      </xsl:if>
      <xsl:if test="r:capability[@unclaimed]">
        <h3>Tried, though not claimed</h3>
        <p>Nothing is stated about these: <xsl:for-each select="r:capability[@unclaimed]"><xsl:call-template name="listed"/><code class="v"><xsl:value-of select="@name"/></code><xsl:value-of select="concat(' (', @standing, ')')"/></xsl:for-each></p>
      </xsl:if>
      <xsl:if test="r:untested">
        <h3>Requirements without a test</h3>
        <details open="open"><summary><xsl:value-of select="concat('All ', count(r:untested))"/></summary><ul><xsl:for-each select="r:untested"><li><strong><xsl:value-of select="@requirement"/></strong><xsl:value-of select="concat(', ', @role, ': ', r:why)"/><xsl:if test="not(r:why)"><xsl:value-of select="concat('not in force in this profile: ', @rules)"/></xsl:if></li></xsl:for-each></ul></details>
      </xsl:if>
    </section>
  </xsl:template>

  <xsl:template name="requirements">
    <section aria-labelledby="h-requirements">
      <h2 id="h-requirements">8 Requirements, one by one</h2>
      <xsl:for-each select="r:document">
        <details class="doc" open="open">
          <summary><strong><xsl:value-of select="@name"/></strong><span class="dim"><xsl:value-of select="concat(' ', count(r:clause), substring(' clauses', 1, 7 + (count(r:clause) != 1)))"/></span></summary>
          <div class="scroll" tabindex="0" role="region" aria-label="Clauses">
            <table class="plain clauses">
              <thead><tr><th scope="col">Clause</th><th scope="col">Rules: held, broken</th><th scope="col">Cases: passed of those that exist</th></tr></thead>
              <tbody><xsl:for-each select="r:clause"><tr><th scope="row"><xsl:call-template name="badge"/><xsl:value-of select="concat(' ', @name)"/></th><td><xsl:for-each select="r:by-rule"><span class="item"><xsl:value-of select="@id"/><span class="dim"><xsl:value-of select="concat(' ', @held, ', ', @broken)"/></span></span><xsl:text> </xsl:text></xsl:for-each></td><td><xsl:for-each select="r:by-case"><span class="item"><xsl:value-of select="@id"/><span class="dim"><xsl:value-of select="concat(' ', @passed, '/', @total)"/></span></span><xsl:text> </xsl:text></xsl:for-each></td></tr></xsl:for-each></tbody>
            </table>
          </div>
        </details>
      </xsl:for-each>
    </section>
  </xsl:template>

  <xsl:template name="signatures">
    <section aria-labelledby="h-signatures">
      <h2 id="h-signatures">9 Signatures</h2>
      <p>A signature covers this statement, so it cannot stand in it. Where the run was signed, <code>manifest.cms</code> beside this page is the first signature and <code>manifest-2.cms</code> the second, over the digests of every file of the run. In the folder of the run:</p>
      <pre class="v command" tabindex="0">muster verify .
openssl cms -verify -binary -inform DER -in manifest.cms -content manifest.json -CAfile CA.pem -out /dev/null
openssl cms -verify -binary -inform DER -in manifest-2.cms -content manifest.json -CAfile CA.pem -out /dev/null</pre>
      <div class="scroll" tabindex="0" role="region" aria-label="Signatures on paper"><table class="plain sign">
        <thead><tr><th scope="col">On paper</th><th scope="col">Name</th><th scope="col">Date</th><th scope="col">Signature</th></tr></thead>
        <tbody>
          <tr><th scope="row">For the owner of the system</th><td></td><td></td><td></td></tr>
          <tr><th scope="row">For the test</th><td></td><td></td><td></td></tr>
        </tbody>
      </table></div>
    </section>
  </xsl:template>
</xsl:stylesheet>
