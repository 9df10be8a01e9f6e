<?xml version="1.0" encoding="UTF-8"?>
<!-- Two runs side by side (muster diff). As on the page of a run: no link leaves the page, no attribute holds
     text of a system under test, and there is no script: everything can be read as it is. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:r="urn:muster:result:1" exclude-result-prefixes="r">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

  <xsl:template match="/r:diff">
    <html lang="en">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{r:style-digest}'; base-uri 'none'; form-action 'none'"/>
        <meta name="referrer" content="no-referrer"/>
        <meta name="color-scheme" content="light dark"/>
        <title><xsl:value-of select="concat('Difference: ', r:new/@name, ' ', r:old/@version, ' and ', r:new/@version, ' : Muster')"/></title>
        <style><xsl:value-of select="r:style"/></style>
      </head>
      <body>
        <a class="skip" href="#summary">Skip to the summary</a>
        <div class="top">
          <xsl:call-template name="banner"><xsl:with-param name="where" select="'at-top'"/></xsl:call-template>
          <header class="bar">
            <div class="in">
              <strong class="who"><xsl:value-of select="r:new/@name"/><xsl:if test="not(r:new/@name)"><xsl:value-of select="r:new/@sut"/></xsl:if>
                <xsl:text> </xsl:text><span class="dim"><xsl:value-of select="r:old/@version"/> against <xsl:value-of select="r:new/@version"/></span></strong>
              <nav aria-label="Parts of this page">
                <a href="#summary">Summary</a>
                <a href="#differs">What differs</a>
                <xsl:if test="r:transition"><a href="#verdicts">Verdicts</a></xsl:if>
                <xsl:if test="r:others/@n &gt; 0"><a href="#others">Other changes</a></xsl:if>
                <a href="#list">Added, removed, same</a>
                <xsl:if test="r:pace"><a href="#speed">Speed</a></xsl:if>
                <a href="#how">How to read</a>
              </nav>
            </div>
          </header>
        </div>
        <main>
          <xsl:call-template name="summary"/>
          <xsl:call-template name="differs"/>
          <xsl:if test="r:transition"><xsl:call-template name="verdicts"/></xsl:if>
          <xsl:if test="r:others/@n &gt; 0"><xsl:call-template name="others"/></xsl:if>
          <xsl:call-template name="list"/>
          <xsl:if test="r:entry-added or r:entry-removed"><xsl:call-template name="entries"/></xsl:if>
          <xsl:if test="r:pace"><xsl:call-template name="speed"/></xsl:if>
          <xsl:call-template name="how"/>
        </main>
        <xsl:call-template name="banner"><xsl:with-param name="where" select="'at-bottom'"/></xsl:call-template>
      </body>
    </html>
  </xsl:template>

  <!-- The higher marking of both runs, each policy in its colours. -->
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

  <xsl:template name="summary">
    <section id="summary" aria-labelledby="h-summary">
      <p class="over">Two runs side by side</p>
      <h1 id="h-summary">
        <xsl:value-of select="r:new/@name"/><xsl:if test="not(r:new/@name)"><xsl:value-of select="r:new/@sut"/></xsl:if>
        <xsl:text> </xsl:text><span class="dim"><xsl:value-of select="r:old/@version"/> against <xsl:value-of select="r:new/@version"/></span>
      </h1>
      <xsl:for-each select="r:warning">
        <p class="alarm" role="alert"><strong>Note.</strong><xsl:value-of select="concat(' ', translate(substring(., 1, 1), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), substring(., 2), '.')"/></p>
      </xsl:for-each>
      <p class="answer"><xsl:value-of select="concat(translate(substring(r:answer, 1, 1), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), substring(r:answer, 2), '.')"/></p>
      <p><xsl:value-of select="concat(@common, ' cases in both runs: ', r:same/@n, ' same, ', @changed, ' changed; ', r:added/@n, ' added, ', r:removed/@n, ' removed.')"/></p>
      <div class="scroll" tabindex="0" role="region" aria-label="The two runs">
        <table class="plain">
          <thead><tr><td></td><th scope="col">Old</th><th scope="col">New</th></tr></thead>
          <tbody>
            <tr><th scope="row">Run</th><td><code class="v"><xsl:value-of select="r:old/@id"/></code></td><td><code class="v"><xsl:value-of select="r:new/@id"/></code></td></tr>
            <tr><th scope="row">System under test</th><td><xsl:value-of select="concat(r:old/@sut, ' ', r:old/@version)"/></td><td><xsl:value-of select="concat(r:new/@sut, ' ', r:new/@version)"/></td></tr>
            <tr><th scope="row">Profile</th><td><xsl:value-of select="r:old/@profile"/></td><td><xsl:value-of select="r:new/@profile"/></td></tr>
            <tr><th scope="row">Started</th><td><xsl:value-of select="r:old/@started"/></td><td><xsl:value-of select="r:new/@started"/></td></tr>
            <tr><th scope="row">State</th><td><xsl:value-of select="r:old/@state"/></td><td><xsl:value-of select="r:new/@state"/></td></tr>
            <xsl:for-each select="r:new/r:count">
              <xsl:variable name="verdict" select="@verdict"/>
              <tr><th scope="row"><xsl:call-template name="letter"><xsl:with-param name="verdict" select="@verdict"/></xsl:call-template><xsl:value-of select="concat(' ', @verdict)"/></th>
                <td><xsl:value-of select="/r:diff/r:old/r:count[@verdict = $verdict]/@n"/></td><td><xsl:value-of select="@n"/></td></tr>
            </xsl:for-each>
            <tr><th scope="row">Head of the hash chain</th><td><code class="v hash"><xsl:value-of select="r:old/@head"/></code></td><td><code class="v hash"><xsl:value-of select="r:new/@head"/></code></td></tr>
          </tbody>
        </table>
      </div>
    </section>
  </xsl:template>

  <xsl:template name="differs">
    <section id="differs" aria-labelledby="h-differs">
      <h2 id="h-differs">What differs between the runs</h2>
      <p class="hint">What the runs say of themselves. A change of a verdict has one of these for a cause, or the case is unstable.</p>
      <xsl:choose>
        <xsl:when test="r:difference">
          <div class="scroll" tabindex="0" role="region" aria-labelledby="h-differs">
            <table class="plain">
              <thead><tr><th scope="col">Of</th><th scope="col">What</th><th scope="col">Old</th><th scope="col">New</th></tr></thead>
              <tbody><xsl:for-each select="r:difference"><tr><td><xsl:value-of select="@kind"/></td><th scope="row"><xsl:value-of select="@name"/></th><td><code class="v"><xsl:value-of select="@before"/></code><xsl:if test="not(@before)"><span class="dim">none</span></xsl:if></td><td><code class="v"><xsl:value-of select="@after"/></code><xsl:if test="not(@after)"><span class="dim">none</span></xsl:if></td></tr></xsl:for-each></tbody>
            </table>
          </div>
        </xsl:when>
        <xsl:otherwise><p>Nothing.</p></xsl:otherwise>
      </xsl:choose>
      <xsl:if test="@rules + @cases &gt; 0"><p><xsl:value-of select="concat(@rules, ' of the rules in both runs are written otherwise, ', @cases, ' of the cases have another revision.')"/></p></xsl:if>
    </section>
  </xsl:template>

  <xsl:template name="verdicts">
    <section id="verdicts" aria-labelledby="h-verdicts">
      <h2 id="h-verdicts">Verdicts that changed</h2>
      <table class="plain">
        <thead><tr><th scope="col">Old</th><th scope="col">New</th><th scope="col" class="n">Cases</th><th scope="col"></th></tr></thead>
        <tbody><xsl:for-each select="r:transition">
          <tr><td><xsl:call-template name="letter"><xsl:with-param name="verdict" select="@from"/></xsl:call-template><xsl:value-of select="concat(' ', @from)"/></td>
            <td><xsl:call-template name="letter"><xsl:with-param name="verdict" select="@to"/></xsl:call-template><xsl:value-of select="concat(' ', @to)"/></td>
            <td class="n"><a href="#t{@index}"><xsl:value-of select="@n"/></a></td><td><xsl:value-of select="@way"/></td></tr>
        </xsl:for-each></tbody>
      </table>
      <xsl:for-each select="r:transition">
        <article class="issue e-{@to}" id="t{@index}">
          <header>
            <xsl:call-template name="letter"><xsl:with-param name="verdict" select="@from"/></xsl:call-template>
            <xsl:call-template name="letter"><xsl:with-param name="verdict" select="@to"/></xsl:call-template>
            <h3><xsl:value-of select="concat('From ', @from, ' to ', @to)"/></h3>
            <span class="many"><strong><xsl:value-of select="@n"/></strong><xsl:choose><xsl:when test="@n = 1"> case</xsl:when><xsl:otherwise> cases</xsl:otherwise></xsl:choose></span>
          </header>
          <xsl:call-template name="changes"/>
        </article>
      </xsl:for-each>
    </section>
  </xsl:template>

  <xsl:template name="end">
    <xsl:param name="of"/>
    <xsl:choose>
      <xsl:when test="not($of)"><span class="dim">not in this run</span></xsl:when>
      <xsl:otherwise>
        <xsl:value-of select="$of/@verdict"/>
        <xsl:if test="$of/@reason"><xsl:text> </xsl:text><code class="v"><xsl:value-of select="$of/@reason"/></code></xsl:if>
        <xsl:if test="$of/@of &gt; 1"><span class="dim"><xsl:value-of select="concat(', ', $of/@passed, ' of ', $of/@of, ' attempts pass')"/></span></xsl:if>
        <xsl:if test="$of/@expectation"><span class="dim">, <span class="v"><xsl:value-of select="$of/@expectation"/></span></span></xsl:if>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="changes">
    <div class="scroll" tabindex="0" role="region" aria-label="Cases">
      <table class="plain">
        <thead><tr><th scope="col">Case</th><th scope="col">Old</th><th scope="col">New</th><th scope="col">What may have made the difference</th></tr></thead>
        <tbody>
          <xsl:for-each select="r:change">
            <tr><th scope="row"><span class="v"><xsl:value-of select="@name"/></span></th>
              <td><xsl:call-template name="end"><xsl:with-param name="of" select="r:before"/></xsl:call-template></td>
              <td><xsl:call-template name="end"><xsl:with-param name="of" select="r:after"/></xsl:call-template></td>
              <td><xsl:for-each select="r:cause"><xsl:if test="position() &gt; 1"><br/></xsl:if><xsl:choose><xsl:when test="@kind = 'unstable' and not(starts-with(@what, 'nothing'))">unstable</xsl:when><xsl:otherwise><xsl:value-of select="@name"/></xsl:otherwise></xsl:choose><span class="dim">: <span class="v"><xsl:value-of select="@what"/></span></span></xsl:for-each></td></tr>
          </xsl:for-each>
        </tbody>
      </table>
    </div>
    <xsl:if test="@more &gt; 0"><p class="dim"><xsl:value-of select="concat('And ', @more, ' more: muster diff --format json names them all.')"/></p></xsl:if>
  </xsl:template>

  <xsl:template name="others">
    <section id="others" aria-labelledby="h-others">
      <h2 id="h-others">Other changes</h2>
      <p class="hint">Another reason with the same verdict, another stability, or another expectation.</p>
      <xsl:for-each select="r:others"><xsl:call-template name="changes"/></xsl:for-each>
    </section>
  </xsl:template>

  <xsl:template name="list">
    <section id="list" aria-labelledby="h-list">
      <h2 id="h-list">Added, removed, same</h2>
      <xsl:for-each select="r:added | r:removed">
        <details class="doc">
          <xsl:if test="@n &gt; 0 and @n &lt; 20"><xsl:attribute name="open">open</xsl:attribute></xsl:if>
          <summary><strong><xsl:choose><xsl:when test="self::r:added">Added</xsl:when><xsl:otherwise>Removed</xsl:otherwise></xsl:choose></strong><span class="dim"><xsl:value-of select="concat(' ', @n)"/></span></summary>
          <xsl:if test="r:change"><xsl:call-template name="changes"/></xsl:if>
        </details>
      </xsl:for-each>
      <details class="doc">
        <summary><strong>Same</strong><span class="dim"><xsl:value-of select="concat(' ', r:same/@n)"/></span></summary>
        <ul><xsl:for-each select="r:same/r:in"><li><span class="v"><xsl:value-of select="."/></span></li></xsl:for-each></ul>
        <xsl:if test="r:same/@more &gt; 0"><p class="dim"><xsl:value-of select="concat('And ', r:same/@more, ' more: muster diff --format json names them all.')"/></p></xsl:if>
      </details>
    </section>
  </xsl:template>

  <xsl:template name="entries">
    <section id="entries" aria-labelledby="h-entries">
      <h2 id="h-entries">Expectation file</h2>
      <table class="plain">
        <thead><tr><th scope="col"></th><th scope="col">Line</th><th scope="col">Case</th><th scope="col">Verdict</th><th scope="col">Reason</th><th scope="col">Owner</th><th scope="col">Ticket</th><th scope="col">Until</th></tr></thead>
        <tbody><xsl:for-each select="r:entry-added | r:entry-removed"><tr><td><xsl:choose><xsl:when test="self::r:entry-added">added</xsl:when><xsl:otherwise>removed</xsl:otherwise></xsl:choose></td><td class="n"><xsl:value-of select="@line"/></td><td><code class="v"><xsl:value-of select="@case"/></code></td><td><xsl:value-of select="@verdict"/></td><td><xsl:value-of select="@reason"/></td><td><xsl:value-of select="@owner"/></td><td><xsl:value-of select="@ticket"/></td><td class="nw"><xsl:value-of select="@until"/></td></tr></xsl:for-each></tbody>
      </table>
    </section>
  </xsl:template>

  <xsl:template name="speed">
    <section id="speed" aria-labelledby="h-speed">
      <h2 id="h-speed">Speed</h2>
      <p class="hint">Milliseconds of cases that came to the same end in both runs, pair by pair. A change is called significant when a sign test over the pairs finds chance less likely than 1 in 1,000 and the median moved by a fifth and by 2 ms at least; fewer than 11 pairs show nothing.</p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="h-speed">
        <table class="plain">
          <thead><tr><th scope="col">Cases</th><th scope="col" class="n">Pairs</th><th scope="col" class="n">Slower</th><th scope="col" class="n">Faster</th><th scope="col" class="n">Median</th><th scope="col" class="n">90 %</th><th scope="col" class="n">99 %</th><th scope="col"></th></tr></thead>
          <tbody><xsl:for-each select="r:pace"><tr><th scope="row"><xsl:value-of select="@of"/></th><td class="n"><xsl:value-of select="@n"/></td><td class="n"><xsl:value-of select="@slower"/></td><td class="n"><xsl:value-of select="@faster"/></td><td class="n"><xsl:value-of select="concat(@before, ' → ', @after)"/></td><td class="n"><xsl:value-of select="concat(@before-90, ' → ', @after-90)"/></td><td class="n"><xsl:value-of select="concat(@before-99, ' → ', @after-99)"/></td><td><xsl:choose><xsl:when test="@significant">significant</xsl:when><xsl:otherwise><span class="dim">not significant</span></xsl:otherwise></xsl:choose></td></tr></xsl:for-each></tbody>
        </table>
      </div>
    </section>
  </xsl:template>

  <xsl:template name="how">
    <section id="how" aria-labelledby="h-how">
      <h2 id="h-how">How to read this page</h2>
      <p>Cases are matched by name. <em>Worse</em> is what passed and does not any more, and what could not be judged and fails now; <em>no longer run</em> passed and is not run now; <em>aside</em> says nothing of the system under test. What a change is put down to is every kind of thing that differs between the two runs, the most specific first: it is a candidate, not a proof. <em>Nothing changed: unstable</em> means that the runs differ in nothing that they record, or in the test time alone.</p>
      <p>Exit status of <code>muster diff</code>: 0 nothing got worse · 1 there are new failures that no expectation covers · 2 bad usage, or no case in common · 3 a run is corrupt.</p>
      <pre class="v command" tabindex="0">muster diff OLD NEW --format html -o again.html      # the same bytes</pre>
    </section>
  </xsl:template>
</xsl:stylesheet>
