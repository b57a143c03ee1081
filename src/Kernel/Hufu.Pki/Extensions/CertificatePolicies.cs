using System.Formats.Asn1;

namespace Hufu.Pki;

// certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation
// PolicyInformation ::= SEQUENCE { policyIdentifier CertPolicyId, policyQualifiers SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL }   (RFC 5280 4.2.1.4)

/// <summary>One policy of certificatePolicies.</summary>
/// <param name="Oid">The policy, dotted.</param>
/// <param name="PracticeStatement">Address of the practice statement (the CPS qualifier), or null.</param>
public sealed record CertificatePolicy(string Oid, string? PracticeStatement = null);

/// <summary>certificatePolicies, never written critical (interop.md).</summary>
/// <param name="Policies">At least one.</param>
public sealed record CertificatePolicies(IReadOnlyList<CertificatePolicy> Policies)
{
    /// <summary>Reads the extension's value; qualifiers other than the CPS address are skipped.</summary>
    /// <exception cref="PkiException">Malformed, empty, or a policy named twice.</exception>
    public static CertificatePolicies Decode(CertificateExtension extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        DerReader reader = extension.Open(Oids.CertificatePolicies);
        DerReader list = reader.ReadSequence();
        List<CertificatePolicy> policies = [];
        do
        {
            DerReader item = list.ReadSequence();
            string oid = item.ReadOid();
            string? cps = null;
            if (!item.IsEmpty)
            {
                DerReader qualifiers = item.ReadSequence();
                while (!qualifiers.IsEmpty)
                {
                    DerReader qualifier = qualifiers.ReadSequence();
                    bool isCps = qualifier.ReadOid() == Oids.QualifierCps;
                    if (isCps && qualifier.PeekTag() == DerTag.Ia5String)
                    {
                        cps ??= qualifier.ReadString(DerTag.Ia5String);
                    }
                    else
                    {
                        qualifier.ReadEncoded();
                    }

                    qualifier.ThrowIfNotEmpty();
                }
            }

            item.ThrowIfNotEmpty();
            if (policies.Exists(p => p.Oid == oid) || policies.Count == PkiLimits.Extensions)
            {
                throw PkiException.BadValue($"The policy {oid} is named twice, or there are too many.");
            }

            policies.Add(new CertificatePolicy(oid, cps));
        }
        while (!list.IsEmpty);
        return new CertificatePolicies(policies);
    }

    /// <summary>The extension, not critical.</summary>
    public CertificateExtension ToExtension() => CertificateExtension.Create(Oids.CertificatePolicies, false, w =>
    {
        using (w.PushSequence())
        {
            foreach (CertificatePolicy policy in Policies)
            {
                using (w.PushSequence())
                {
                    w.WriteObjectIdentifier(policy.Oid);
                    if (policy.PracticeStatement is { } cps)
                    {
                        using (w.PushSequence())
                        using (w.PushSequence())
                        {
                            w.WriteObjectIdentifier(Oids.QualifierCps);
                            w.WriteCharacterString(UniversalTagNumber.IA5String, cps);
                        }
                    }
                }
            }
        }
    });
}
