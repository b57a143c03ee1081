namespace Hufu.Pki.Linting;

/// <summary>What the rules look at.</summary>
/// <param name="TbsData">The bytes that are or were to be signed.</param>
/// <param name="Tbs">The same, read.</param>
/// <param name="OuterAlgorithm">The algorithm outside, when a whole certificate is linted.</param>
/// <param name="Kind">What it is meant to be.</param>
/// <param name="Issuer">The issuer's certificate, or null when not at hand or self-issued.</param>
internal sealed record LintSubject(ReadOnlyMemory<byte> TbsData, TbsCertificate Tbs, AlgorithmIdentifier? OuterAlgorithm, CertificateKind Kind, Certificate? Issuer)
{
    private readonly Dictionary<string, string> _broken = [];

    internal bool IsAuthority => Kind != CertificateKind.EndEntity;

    /// <summary>Extensions that do not read, with the reason.</summary>
    internal IReadOnlyDictionary<string, string> Broken => _broken;

    internal KeyUsages? KeyUsage => Read(Oids.KeyUsage, e => (KeyUsages?)KeyUsageExtension.Decode(e).Usages);

    internal BasicConstraints? BasicConstraints => Read(Oids.BasicConstraints, BasicConstraints.Decode);

    internal ExtendedKeyUsage? ExtendedKeyUsage => Read(Oids.ExtendedKeyUsage, ExtendedKeyUsage.Decode);

    internal SubjectAlternativeName? AlternativeName => Read(Oids.SubjectAltName, SubjectAlternativeName.Decode);

    internal CertificateExtension? Find(string oid) => Tbs.FindExtension(oid);

    /// <summary>Reads an extension; a broken one counts as absent here and is named by its own rule.</summary>
    internal T? Read<T>(string oid, Func<CertificateExtension, T> decode)
    {
        if (Tbs.FindExtension(oid) is not { } extension)
        {
            return default;
        }

        try
        {
            return decode(extension);
        }
        catch (PkiException e)
        {
            _broken[oid] = e.Message;
            return default;
        }
    }
}
