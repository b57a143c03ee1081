namespace Hufu.Pki;

/// <summary>keyUsage and extKeyUsage against the purpose.</summary>
internal static class PurposeRules
{
    internal static string? ExtendedUsageOf(CertificatePurpose purpose) => purpose switch
    {
        CertificatePurpose.TlsServer => Oids.PurposeServerAuth,
        CertificatePurpose.TlsClient => Oids.PurposeClientAuth,
        CertificatePurpose.CodeSigning => Oids.PurposeCodeSigning,
        CertificatePurpose.TimeStamping => Oids.PurposeTimeStamping,
        CertificatePurpose.OcspSigning => Oids.PurposeOcspSigning,
        _ => null,
    };

    internal static PathCheck Check(Certificate certificate, CertificatePurpose purpose)
    {
        if (WhyNot(certificate, purpose) is { } why)
        {
            return PathCheck.Fail("purpose", PathReason.WrongPurpose, certificate, $"{certificate} is not for {purpose}: {why}.");
        }

        return PathCheck.Pass("purpose", certificate, $"{certificate} may be used for {purpose}.");
    }

    private static string? WhyNot(Certificate certificate, CertificatePurpose purpose)
    {
        KeyUsages any = purpose switch
        {
            CertificatePurpose.Signing or CertificatePurpose.TimeStamping => KeyUsages.DigitalSignature | KeyUsages.NonRepudiation,
            CertificatePurpose.Encryption => KeyUsages.KeyEncipherment,
            CertificatePurpose.TlsServer => KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment | KeyUsages.KeyAgreement,
            CertificatePurpose.TlsClient => KeyUsages.DigitalSignature | KeyUsages.KeyAgreement,
            CertificatePurpose.Issuing => KeyUsages.KeyCertSign,
            _ => KeyUsages.DigitalSignature,
        };
        if (certificate.KeyUsage is { } usage && (usage & any) == 0)
        {
            return $"keyUsage is {usage}";
        }

        if (purpose == CertificatePurpose.Issuing)
        {
            return certificate.IsAuthority ? null : "it is no CA";
        }

        // A signature or an envelope by a CA's own key is not what a user's certificate is for.
        if (certificate.IsAuthority && purpose is CertificatePurpose.Signing or CertificatePurpose.Encryption && certificate.KeyUsage is null)
        {
            return "it is a CA certificate without keyUsage";
        }

        IReadOnlyList<string>? purposes = certificate.ExtendedKeyUsage?.Purposes;
        string? wanted = ExtendedUsageOf(purpose);
        switch (purpose)
        {
            case CertificatePurpose.TimeStamping:
                // RFC 3161 2.3: critical and alone.
                return purposes is [Oids.PurposeTimeStamping] && certificate.FindExtension(Oids.ExtendedKeyUsage)!.Critical ? null : "extKeyUsage is not timeStamping alone, critical";
            case CertificatePurpose.OcspSigning or CertificatePurpose.CodeSigning:
                return purposes?.Contains(wanted!) == true ? null : "extKeyUsage does not name it";
            case CertificatePurpose.TlsServer or CertificatePurpose.TlsClient:
                return purposes is null || purposes.Contains(wanted!) || purposes.Contains(Oids.AnyExtendedKeyUsage) ? null : "extKeyUsage does not name it";
            default:
                return purposes is [Oids.PurposeTimeStamping] or [Oids.PurposeOcspSigning] ? "extKeyUsage limits it to another service" : null;
        }
    }
}
