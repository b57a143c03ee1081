namespace Hufu.Pki.Linting;

/// <summary>What rules look at: the fields that certificates, lists and requests share.</summary>
/// <param name="target">Which of the three.</param>
/// <param name="algorithm">The signature algorithm inside; for a request the only one.</param>
/// <param name="outerAlgorithm">The one outside, or null when only the bytes to be signed are at hand.</param>
/// <param name="signature">The signature's octets, or null as above.</param>
/// <param name="name">The subject; of a list the issuer.</param>
/// <param name="key">The key certified or to be certified; a list has none.</param>
/// <param name="extensions">Extensions, repeated ones included; of a request those asked for.</param>
internal abstract class LintSubject(LintTargets target, AlgorithmIdentifier algorithm, AlgorithmIdentifier? outerAlgorithm, ReadOnlyMemory<byte>? signature,
    DistinguishedName name, SubjectPublicKeyInfo? key, IReadOnlyList<CertificateExtension> extensions)
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);
    private readonly List<(string Oid, string Why)> _broken = [];

    internal LintTargets Target => target;

    internal AlgorithmIdentifier Algorithm => algorithm;

    internal AlgorithmIdentifier? OuterAlgorithm => outerAlgorithm;

    internal ReadOnlyMemory<byte>? Signature => signature;

    internal DistinguishedName Name => name;

    internal SubjectPublicKeyInfo? Key => key;

    internal IReadOnlyList<CertificateExtension> Extensions => extensions;

    /// <summary>Extensions looked at that do not read, with the reason.</summary>
    internal IReadOnlyList<(string Oid, string Why)> Broken => _broken;

    internal KeyUsages? KeyUsage => Read(Oids.KeyUsage, KeyUsageExtension.Decode)?.Usages;

    internal BasicConstraints? BasicConstraints => Read(Oids.BasicConstraints, BasicConstraints.Decode);

    internal ExtendedKeyUsage? ExtendedKeyUsage => Read(Oids.ExtendedKeyUsage, ExtendedKeyUsage.Decode);

    internal IReadOnlyList<GeneralName> AlternativeNames => Read(Oids.SubjectAltName, SubjectAlternativeName.Decode)?.Names ?? [];

    internal CrlDistributionPoints? DistributionPoints => Read(Oids.CrlDistributionPoints, CrlDistributionPoints.Decode);

    internal AuthorityInformationAccess? InformationAccess => Read(Oids.AuthorityInfoAccess, AuthorityInformationAccess.Decode);

    internal AuthorityKeyIdentifier? AuthorityKeyIdentifier => Read(Oids.AuthorityKeyIdentifier, AuthorityKeyIdentifier.Decode);

    internal SubjectKeyIdentifier? SubjectKeyIdentifier => Read(Oids.SubjectKeyIdentifier, SubjectKeyIdentifier.Decode);

    internal CertificateExtension? Find(string oid) => CertificateExtension.Find(extensions, oid);

    internal bool HasPurpose(string purpose) => ExtendedKeyUsage is { } usage && usage.Purposes.Contains(purpose);

    /// <summary>Reads an extension once; a broken one counts as absent here and is named by its own rule.</summary>
    internal T? Read<T>(string oid, Func<CertificateExtension, T> decode)
        where T : class
    {
        if (_values.TryGetValue(oid, out object? known))
        {
            return (T?)known;
        }

        T? value = null;
        if (Find(oid) is { } extension)
        {
            try
            {
                value = decode(extension);
            }
            catch (PkiException e)
            {
                _broken.Add((oid, e.Message));
            }
        }

        _values[oid] = value;
        return value;
    }
}
