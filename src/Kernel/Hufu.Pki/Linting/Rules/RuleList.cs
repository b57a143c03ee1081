namespace Hufu.Pki.Linting.Rules;

/// <summary>Every rule, by what it looks at, in the order in which they look.</summary>
internal static class RuleList
{
    internal static IReadOnlyList<LintRule> All { get; } =
    [
        // Body
        new VersionNot3(), new SerialNotPositive(), new SerialTooLong(), new SerialTooShort(), new SerialUnder16Bytes(), new SerialNotRandom(),
        new IssuerEmpty(), new IssuerMismatch(), new IssuerNoAuthority(), new SubjectIsIssuers(), new TimeType(), new ValidityReversed(),
        new ValidityOutlivesIssuer(), new ValidityOverTenYears(), new ValidityOverHoldersLimit(), new ValidityOverAuthoritysLimit(),
        new ValidityNeverEnds(), new SubjectEmpty(), new UniqueIdentifiers(),

        // Signature
        new SignatureAlgorithm(), new SignatureParameters(), new SignatureAlgorithmsDiffer(), new SignatureValueForm(), new SignatureKeyMismatch(),

        // Keys
        new KeyAlgorithm(), new KeyCurveNotNamed(), new KeyCurveUnknown(), new KeyNotSm2(), new KeyOffCurve(), new KeyPointForm(), new KeyPublished(),
        new KeyIsIssuers(),

        // Names
        new NameOrder(), new NameStringType(), new NamePrintableText(), new NamePrintableCharacters(), new NameTooLong(), new NameValueEmpty(),
        new NameValueSpaces(), new NameControlCharacters(), new NameInvisibleCharacters(), new NameCountryCode(), new NameCountryMissing(),
        new NameCommonNameMissing(), new NameAttributeRepeated(), new NameSeveralValues(), new NameSetOrder(), new NameAttributeUnknown(),
        new NameEmail(), new NamePlaceholder(),

        // Extensions
        new ExtensionRepeated(), new ExtensionUnreadable(), new ExtensionWronglyCritical(), new ExtensionUnknownCritical(), new ExtensionUnknown(),
        new ExtensionObsolete(), new AuthorityKeyIdentifierMissing(), new AuthorityKeyIdentifierWithoutKey(), new AuthorityKeyIdentifierMismatch(),
        new AuthorityKeyIdentifierHalfName(), new SubjectKeyIdentifierMissingInAuthority(), new SubjectKeyIdentifierMissing(),
        new SubjectKeyIdentifierSize(), new PoliciesCritical(), new PoliciesAny(), new PoliciesStatementAddress(), new NameConstraintsInEndEntity(),
        new NameConstraintsNotCritical(), new PolicyConstraintsNotCritical(), new InhibitAnyPolicyNotCritical(), new PolicyControlInEndEntity(),
        new PrivateKeyUsageOutsideValidity(),

        // Usages
        new KeyUsageMissing(), new KeyUsageNotCritical(), new KeyUsageEmpty(), new KeyUsageUndefinedBits(), new KeyUsageDirectionAlone(),
        new KeyUsageMixed(), new KeyUsageEncryptionIncomplete(), new AuthorityWithoutKeyCertSign(), new AuthorityWithoutCrlSign(),
        new AuthorityEnciphers(), new AuthorityBasicConstraints(), new AuthorityBasicConstraintsNotCritical(), new AuthorityPathTooLong(),
        new AuthorityWithPurposes(), new EndEntityIsAuthority(), new EndEntityCrlSign(), new EndEntityBasicConstraints(),

        // Purposes
        new PurposeAny(), new PurposeRepeated(), new PurposeServerUsage(), new PurposeClientUsage(), new PurposeCodeSigningUsage(),
        new ServerWithoutHost(), new TimeStampingAlone(), new TimeStampingNotCritical(), new TimeStampingUsage(), new OcspSigningAlone(),
        new OcspSigningUsage(), new OcspSigningWithoutNoCheck(), new OcspNoCheckElsewhere(), new OcspNoCheckValue(), new OcspNoCheckLivesLong(),

        // AlternativeNames
        new AlternativeNameMustBeCritical(), new AlternativeNameCritical(), new AlternativeNameHost(), new AlternativeNameReservedHost(),
        new AlternativeNameMail(), new AlternativeNameUri(), new AlternativeNameIpSize(), new AlternativeNameRepeated(), new AlternativeNameKind(),
        new IssuerAlternativeNameCritical(),

        // Addresses
        new RevocationNotFound(), new DistributionPointsCritical(), new DistributionPointScheme(), new DistributionPointEmpty(),
        new DistributionPointHttps(), new AccessLocationScheme(), new AccessLocationKind(), new AccessMethodUnknown(),

        // Identity
        new IdentityNumberForm(), new IdentityNumberStringType(), new IdentityCodeUntagged(), new IdentityCardChecksum(),
        new OrganisationCodeChecksum(), new IdentityInAuthority(),

        // Profiles
        new ProfileAuthority(), new ProfileKeyUsage(), new ProfilePurposes(), new ProfilePurposesCriticality(), new ProfileLife(),
        new ProfileSubjectMissing(), new ProfileSubjectUnlisted(), new ProfileSubjectValue(), new ProfilePathLength(), new ProfileIdentityUnlisted(),
        new ProfileAlternativeNameUnlisted(), new ProfileNoCheck(), new ProfileAddressMissing(),

        // Lists
        new CrlVersionNot2(), new CrlIssuerEmpty(), new CrlIssuerMismatch(), new CrlIssuerMayNotSign(), new CrlSignatureKeyMismatch(),
        new CrlTimeType(), new CrlNextUpdateMissing(), new CrlNextUpdateReversed(), new CrlNextUpdateFar(), new CrlExtensionUnreadable(),
        new CrlExtensionUnknownCritical(), new CrlExtensionUnknown(), new CrlExtensionWronglyCritical(), new CrlAuthorityKeyIdentifierMissing(),
        new CrlAuthorityKeyIdentifierWithoutKey(), new CrlAuthorityKeyIdentifierMismatch(), new CrlNumberMissing(), new CrlNumberNegative(),
        new CrlNumberTooLong(), new CrlDeltaNotCritical(), new CrlDeltaBaseNotEarlier(), new CrlDeltaWithFreshest(), new CrlPointNotCritical(),
        new CrlPointEmpty(), new CrlPointPartial(), new CrlPointAddress(), new CrlEntriesEmpty(), new CrlEntrySerialNotPositive(),
        new CrlEntrySerialTooLong(), new CrlEntrySerialRepeated(), new CrlEntryTimeType(), new CrlEntryAfterThisUpdate(), new CrlEntryExtensionsEmpty(),
        new CrlEntryExtensionRepeated(), new CrlEntryExtensionUnknownCritical(), new CrlEntryReasonUnknown(), new CrlEntryReasonUnspecified(),
        new CrlEntryReasonCritical(), new CrlEntryRemoveOutsideDelta(), new CrlEntryAttributeAuthority(), new CrlEntryInvalidityForm(),
        new CrlEntryInvalidityCritical(), new CrlEntryInvalidityAfterRevocation(), new CrlEntryCertificateIssuerNotCritical(),
        new CrlEntryHoldInstruction(),

        // Requests
        new RequestVersionNot0(), new RequestSubjectEmpty(), new RequestSignatureKeyMismatch(), new RequestPossessionWrongKey(),
        new RequestPossessionWithoutZ(), new RequestPossessionEmptyId(), new RequestAttributesMissing(), new RequestAttributeRepeated(),
        new RequestAttributeSeveralValues(), new RequestAttributeUnknown(), new RequestExtensionsUnreadable(), new RequestAsksForAuthority(),
        new RequestChallengeForm(),
    ];
}
