<?xml version="1.0" encoding="UTF-8"?>
<!-- JUnit XML as Jenkins reads it: no properties in a test case, inconclusive and error are errors. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:r="urn:muster:result:1" exclude-result-prefixes="r">
  <xsl:output method="xml" encoding="UTF-8" indent="no"/>

  <xsl:template match="/r:run">
    <xsl:variable name="open" select="number(@state != 'complete')"/>
    <xsl:variable name="tests" select="@total + $open"/>
    <xsl:variable name="errors" select="r:count[@verdict='inconclusive']/@n + r:count[@verdict='error']/@n - @excused-errors + $open"/>
    <xsl:variable name="failures" select="r:count[@verdict='fail']/@n - @excused-failures"/>
    <xsl:variable name="skipped" select="r:count[@verdict='not-run']/@n + @excused-failures + @excused-errors"/>
    <xsl:variable name="time" select="format-number(@ms div 1000, '0.000')"/>
    <testsuites name="{r:profile/@id}" tests="{$tests}" failures="{$failures}" errors="{$errors}" time="{$time}">
      <xsl:text>&#10;</xsl:text>
      <testsuite name="{concat(r:profile/@id, '.', r:sut/@id)}" tests="{$tests}" failures="{$failures}" errors="{$errors}" skipped="{$skipped}" time="{$time}" id="{@id}">
        <xsl:if test="@started"><xsl:attribute name="timestamp"><xsl:value-of select="translate(@started, 'Z', '')"/></xsl:attribute></xsl:if>
        <xsl:text>&#10;</xsl:text>
        <properties>
          <property name="muster" value="{@muster}"/>
          <property name="isolation" value="{@isolation}"/>
          <property name="seed" value="{@seed}"/>
          <property name="test-time" value="{@test-time}"/>
          <property name="state" value="{@state}"/>
          <property name="expected" value="{@expected}"/>
          <property name="quarantined" value="{@quarantined}"/>
          <property name="better-than-stated" value="{@unexpected-passes}"/>
          <property name="reasons-changed" value="{@reasons-changed}"/>
          <property name="unstable" value="{@unstable}"/>
          <property name="overridden" value="{@overridden}"/>
          <property name="disputed" value="{@disputed}"/>
          <xsl:for-each select="r:opinion"><property name="opinion" value="{concat(@case, ': ', r:says)}"/></xsl:for-each>
          <xsl:for-each select="r:stale"><property name="stale" value="{.}"/></xsl:for-each>
          <property name="sut-version" value="{r:sut/@version}"/>
          <property name="suite-revision" value="{r:suite/@revision}"/>
          <xsl:for-each select="r:marking"><property name="marking" value="{r:text}"/></xsl:for-each>
          <xsl:for-each select="r:adapter[@state = 'broken' or @state = 'gone' or @state = 'warned']">
            <property name="adapter" value="{concat(@id, ' ', @state, ': ', @what)}"/>
          </xsl:for-each>
          <xsl:for-each select="r:health"><property name="suite-health" value="{r:says}"/></xsl:for-each>
        </properties>
        <xsl:text>&#10;</xsl:text>
        <xsl:comment>cases</xsl:comment>
        <xsl:if test="@state != 'complete'">
          <testcase name="the run is complete" classname="{concat(r:profile/@id, '.run')}" time="0">
            <error type="{@state}" message="the run did not end in good order: what stands here is not all"/>
          </testcase>
          <xsl:text>&#10;</xsl:text>
        </xsl:if>
        <system-out><xsl:value-of select="r:answer"/></system-out>
      </testsuite>
      <xsl:text>&#10;</xsl:text>
    </testsuites>
  </xsl:template>
</xsl:stylesheet>
