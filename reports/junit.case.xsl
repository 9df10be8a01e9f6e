<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:r="urn:muster:result:1" exclude-result-prefixes="r" r:cases="alone">
  <xsl:output method="xml" encoding="UTF-8" indent="no" omit-xml-declaration="yes"/>

  <xsl:template match="/r:cases"><xsl:apply-templates select="r:case"/></xsl:template>

  <xsl:template match="r:case">
    <testcase name="{@name}" classname="{concat('muster.', @role)}" time="{@seconds}">
      <xsl:choose>
        <xsl:when test="(@expectation = 'quarantined' or @expectation = 'unclaimed') and (@verdict = 'fail' or @verdict = 'inconclusive' or @verdict = 'error')"><skipped message="{concat(@expectation, ': ', @verdict, ' ', @reason)}"><xsl:apply-templates select="r:finding"/></skipped></xsl:when>
        <xsl:when test="@verdict = 'not-run'"><skipped message="{@reason}"/></xsl:when>
        <xsl:when test="@verdict = 'fail'"><failure type="{@reason}" message="{@reason}"><xsl:apply-templates select="r:finding"/></failure></xsl:when>
        <xsl:when test="@verdict = 'inconclusive'"><error type="inconclusive" message="{@reason}"><xsl:apply-templates select="r:finding"/></error></xsl:when>
        <xsl:when test="@verdict = 'error'"><error type="error" message="{@reason}"><xsl:apply-templates select="r:finding"/></error></xsl:when>
      </xsl:choose>
      <xsl:if test="@verdict = 'remarks' or r:known or r:opinion or r:compared or @tried">
        <system-out>
          <xsl:if test="@verdict = 'remarks'">remarks: <xsl:value-of select="@reason"/><xsl:text>&#10;</xsl:text><xsl:apply-templates select="r:finding"/></xsl:if>
          <xsl:if test="@tried"><xsl:value-of select="concat('stability ', @passed, '/', @tried)"/><xsl:if test="@unstable">, unstable</xsl:if><xsl:text>&#10;</xsl:text></xsl:if>
          <xsl:apply-templates select="r:known"/>
          <xsl:for-each select="r:opinion"><xsl:value-of select="concat(r:says, '&#10;')"/></xsl:for-each>
          <xsl:apply-templates select="r:compared"/>
        </system-out>
      </xsl:if>
    </testcase>
    <xsl:text>&#10;</xsl:text>
  </xsl:template>

  <xsl:template match="r:known">
    <xsl:value-of select="concat(translate(../@expectation, '-', ' '), ': ', r:text, ' (', @verdict, ', ', @owner)"/>
    <xsl:if test="@ticket"><xsl:value-of select="concat(', ', @ticket)"/></xsl:if>
    <xsl:if test="@until"><xsl:value-of select="concat(', until ', @until)"/></xsl:if>
    <xsl:if test="@stale"><xsl:value-of select="concat(', STALE: ', @stale)"/></xsl:if>
    <xsl:text>)&#10;</xsl:text>
  </xsl:template>

  <xsl:template match="r:compared">
    <xsl:value-of select="concat('compared ', @what, ' of ', @first, ' and ', @second, ': ', @held, ' (at least ', @demanded, ')')"/>
    <xsl:if test="r:where"><xsl:value-of select="concat('; first difference at ', r:where)"/></xsl:if>
    <xsl:if test="@offset"><xsl:value-of select="concat(', octet ', @offset)"/></xsl:if>
    <xsl:if test="r:seen"><xsl:value-of select="concat(': ', r:seen, ', was ', r:expected)"/></xsl:if>
    <xsl:text>&#10;</xsl:text>
  </xsl:template>

  <xsl:template match="r:finding">
    <xsl:value-of select="concat('  ', @rule, @step, ' ', @document, ' ', @see, '&#10;')"/>
    <xsl:if test="r:expected"><xsl:value-of select="concat('    expected: ', r:expected, '&#10;')"/></xsl:if>
    <xsl:if test="r:seen"><xsl:value-of select="concat('    seen:     ', r:seen, '&#10;')"/></xsl:if>
    <xsl:for-each select="r:place"><xsl:value-of select="concat('    at:       ', ., '&#10;')"/></xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
