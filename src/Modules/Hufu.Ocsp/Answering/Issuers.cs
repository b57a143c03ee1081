using Hufu.Ocsp.Status;
using Hufu.Pki;

namespace Hufu.Ocsp.Answering;

/// <summary>
/// The CAs whose certificates are asked about, by what stands in CertIDs: algorithm and hashes of SHA-1, SHA-256 and SM3, the algorithm with and without NULL (clients differ). A few; read by many, replaced as a
/// whole.
/// </summary>
internal sealed class Issuers(StatusIndex index)
{
    // Of the line that joins a root above it is a root to us, though another one has signed it.
    private const string RootName = "root";

    private readonly Lock _writing = new();
    private Issuer[] _all = [];

    /// <summary>Everything known, one for each form of CertID; another array whenever something was added.</summary>
    public Issuer[] All => Volatile.Read(ref _all);

    /// <summary>The CA certificates known.</summary>
    public IReadOnlyList<Certificate> Certificates => [.. All.Select(issuer => issuer.Certificate).Distinct()];

    /// <summary>Whether a name is that of a root: its own certificates are asked of its list, and nothing waits for its word.</summary>
    public bool IsRoot(string ca) => ca == RootName || All.Any(issuer => issuer.Ca == ca && issuer.Certificate.IsSelfIssued);

    /// <summary>Adds a CA certificate; again is harmless.</summary>
    /// <param name="ca">The CA's name.</param>
    /// <param name="certificate">Its certificate.</param>
    public void Add(string ca, Certificate certificate)
    {
        lock (_writing)
        {
            if (!_all.Any(issuer => issuer.Certificate.Equals(certificate)))
            {
                Volatile.Write(ref _all, [.. _all, .. CertIdForm.All.Select(form => new Issuer(ca, certificate, form, index.Of(ca)))]);
            }
        }
    }
}

/// <summary>A form in which clients name an issuer.</summary>
/// <param name="Hash">The hash, dotted.</param>
/// <param name="WithNull">Whether the algorithm has NULL parameters.</param>
internal sealed record CertIdForm(string Hash, bool WithNull)
{
    /// <summary>All that are known; the place in this list is the form's number.</summary>
    public static IReadOnlyList<CertIdForm> All { get; } =
        [new(Oids.Sha1, true), new(Oids.Sm3, false), new(Oids.Sm3, true), new(Oids.Sha256, true), new(Oids.Sha1, false), new(Oids.Sha256, false)];
}

/// <summary>An issuer as one form of CertID names it.</summary>
internal sealed class Issuer
{
    /// <summary>Computes the hashes.</summary>
    public Issuer(string ca, Certificate certificate, CertIdForm form, AuthorityIndex index)
    {
        Ca = ca;
        Certificate = certificate;
        Form = form;
        FormNumber = CertIdForm.All.ToList().IndexOf(form);
        Index = index;
        var id = OcspCertId.Create(certificate, certificate.SerialNumber, form.Hash);
        var algorithm = AlgorithmIdentifier.Create(form.Hash, form.WithNull ? (ReadOnlyMemory<byte>?)new byte[] { 5, 0 } : null).RawData.Span;
        Prefix = [.. algorithm, 0x04, (byte)id.IssuerNameHash.Length, .. id.IssuerNameHash.Span, 0x04, (byte)id.IssuerKeyHash.Length, .. id.IssuerKeyHash.Span];
    }

    /// <summary>The CA's name.</summary>
    public string Ca { get; }

    /// <summary>Its certificate.</summary>
    public Certificate Certificate { get; }

    /// <summary>The form.</summary>
    public CertIdForm Form { get; }

    /// <summary>The form's place among <see cref="CertIdForm.All"/>.</summary>
    public int FormNumber { get; }

    /// <summary>Its serials.</summary>
    public AuthorityIndex Index { get; }

    /// <summary>hashAlgorithm, issuerNameHash and issuerKeyHash of a CertID in this form, DER.</summary>
    public byte[] Prefix { get; }

    /// <summary>Writes the CertID of a serial in this form.</summary>
    public void WriteCertId(ref DerTail tail, ReadOnlySpan<byte> serial)
    {
        var since = tail.Length;
        tail.Raw(serial);
        tail.Wrap(0x02, since);
        tail.Raw(Prefix);
        tail.Wrap(0x30, since);
    }
}
