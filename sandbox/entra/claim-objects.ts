export interface SourcedAttribute {
  readonly '@odata.type': '#microsoft.graph.sourcedAttribute';
  readonly id: string;
  readonly source: string;
  readonly isExtensionAttribute?: boolean;
}

export interface ValueBasedAttribute {
  readonly '@odata.type': '#microsoft.graph.valueBasedAttribute';
  readonly value: string;
}

export interface ClaimConfiguration {
  readonly condition: { readonly memberOf?: readonly string[]; readonly userType?: string } | null;
  readonly attribute: SourcedAttribute | ValueBasedAttribute;
  readonly transformations?: readonly object[];
}

export interface SamlNameIdClaim {
  readonly '@odata.type': '#microsoft.graph.samlNameIdClaim';
  readonly nameIdFormat: string;
  readonly serviceProviderNameQualifier?: string | null;
  readonly configurations: readonly ClaimConfiguration[];
}

export interface CustomClaim {
  readonly '@odata.type': '#microsoft.graph.customClaim';
  readonly name: string;
  readonly namespace: string | null;
  readonly tokenFormat: readonly string[];
  readonly samlAttributeNameFormat: string | null;
  readonly configurations: readonly ClaimConfiguration[];
}

/** `customClaimsPolicy` of Graph beta: the same store as the portal's Attributes & Claims. */
export interface ClaimsPolicy {
  readonly id: string;
  readonly includeBasicClaimSet: boolean;
  readonly includeApplicationIdInIssuer: boolean;
  readonly audienceOverride: string | null;
  readonly groupFilter: object | null;
  readonly claims: readonly (SamlNameIdClaim | CustomClaim)[];
}
