using System.Numerics;

namespace Hufu.Pki;

/// <summary>A certificate revocation list (证书撤销列表). Immutable; keeps the bytes it was read from; entries are read from these when asked for.</summary>
public sealed class CertificateRevocationList
{
    private readonly SignedStructure _parts;
    private readonly ReadOnlyMemory<byte> _entries; // content of revokedCertificates

    private CertificateRevocationList(ReadOnlyMemory<byte> rawData)
    {
        RawData = rawData;
        _parts = SignedStructure.Read(rawData);
        DerReader outer = new(_parts.Tbs);
        DerReader tbs = outer.ReadSequence();
        Version = 1;
        if (tbs.PeekTag() == DerTag.Integer)
        {
            Version = tbs.ReadInt32() + 1;
            if (Version != 2)
            {
                throw PkiException.Unsupported($"A revocation list of version {Version}, or version 1 written though it is the default.");
            }
        }

        if (!AlgorithmIdentifier.Read(ref tbs).Equals(_parts.Algorithm))
        {
            throw PkiException.BadValue("The signature algorithms inside and outside of the list differ.");
        }

        Issuer = DistinguishedName.Read(ref tbs);
        ThisUpdate = tbs.ReadTime();
        NextUpdate = tbs.PeekTag() is DerTag.UtcTime or DerTag.GeneralizedTime ? tbs.ReadTime() : null;
        if (tbs.PeekTag() == DerTag.Sequence)
        {
            _entries = tbs.ReadContent(DerTag.Sequence);
        }

        if (tbs.TryReadConstructed(0xA0, out DerReader wrapped))
        {
            Extensions = CertificateExtension.ReadList(ref wrapped);
            wrapped.ThrowIfNotEmpty();
            ReadExtensions();
        }

        tbs.ThrowIfNotEmpty();
        bool unknownCritical = HasUnknownCriticalExtension;
        for (DerReader list = new(_entries); !list.IsEmpty; Count++)
        {
            RevokedEntry.Read(ref list, ref unknownCritical);
        }

        HasUnknownCriticalExtension = unknownCritical;
    }

    /// <summary>The DER.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>The DER of tbsCertList: what the signature covers.</summary>
    public ReadOnlyMemory<byte> TbsData => _parts.Tbs;

    /// <summary>The algorithm of the signature.</summary>
    public AlgorithmIdentifier SignatureAlgorithm => _parts.Algorithm;

    /// <summary>The signature.</summary>
    public ReadOnlyMemory<byte> Signature => _parts.Signature;

    /// <summary>2 as written; 1 can be read.</summary>
    public int Version { get; }

    /// <summary>The issuer.</summary>
    public DistinguishedName Issuer { get; }

    /// <summary>When the list was made.</summary>
    public DateTimeOffset ThisUpdate { get; }

    /// <summary>When the next one is there at the latest, or null.</summary>
    public DateTimeOffset? NextUpdate { get; }

    /// <summary>The list's extensions.</summary>
    public IReadOnlyList<CertificateExtension> Extensions { get; } = [];

    /// <summary>cRLNumber, or null.</summary>
    public BigInteger? Number { get; private set; }

    /// <summary>For a delta list the number of the list that it builds on, otherwise null.</summary>
    public BigInteger? DeltaBase { get; private set; }

    /// <summary>authorityKeyIdentifier, or null.</summary>
    public AuthorityKeyIdentifier? AuthorityKeyIdentifier { get; private set; }

    /// <summary>issuingDistributionPoint, or null.</summary>
    public IssuingDistributionPoint? IssuingDistributionPoint { get; private set; }

    /// <summary>True when the list or an entry has a critical extension that is not read here, so that it says more than can be taken from it.</summary>
    public bool HasUnknownCriticalExtension { get; private set; }

    /// <summary>Number of entries.</summary>
    public int Count { get; }

    /// <summary>The entries in their order, read as they are enumerated.</summary>
    public IEnumerable<RevokedEntry> Entries
    {
        get
        {
            for (int position = 0; position < _entries.Length;)
            {
                yield return ReadAt(ref position);
            }
        }
    }

    private void ReadExtensions()
    {
        foreach (CertificateExtension extension in Extensions)
        {
            switch (extension.Oid)
            {
                case Oids.CrlNumber:
                    Number = ReadNumber(extension);
                    break;
                case Oids.DeltaCrlIndicator:
                    DeltaBase = ReadNumber(extension);
                    break;
                case Oids.AuthorityKeyIdentifier:
                    AuthorityKeyIdentifier = AuthorityKeyIdentifier.Decode(extension);
                    break;
                case Oids.IssuingDistributionPoint:
                    IssuingDistributionPoint = IssuingDistributionPoint.Decode(extension);
                    break;
                default:
                    HasUnknownCriticalExtension |= extension.Critical;
                    break;
            }
        }
    }

    private static BigInteger ReadNumber(CertificateExtension extension)
    {
        DerReader reader = new(extension.Value);
        BigInteger number = reader.ReadBigInteger(SerialNumber.MaxSize + 1);
        reader.ThrowIfNotEmpty();
        return number.Sign >= 0 ? number : throw PkiException.BadValue("A revocation list's number is negative.");
    }

    private RevokedEntry ReadAt(ref int position)
    {
        DerReader list = new(_entries[position..]);
        bool ignored = false;
        RevokedEntry entry = RevokedEntry.Read(ref list, ref ignored);
        position += list.Position;
        return entry;
    }

    /// <summary>Finds a certificate's entry; walks the bytes, a few nanoseconds an entry.</summary>
    /// <returns>The last entry of this serial, or null when it is not on the list.</returns>
    public RevokedEntry? Find(SerialNumber serial)
    {
        ReadOnlySpan<byte> data = _entries.Span;
        ReadOnlySpan<byte> wanted = serial.Content;
        int found = -1;
        for (int position = 0; position < data.Length;)
        {
            DerReader.ReadHeader(data, position, out _, out int start, out int length);
            DerReader.ReadHeader(data, start, out _, out int serialStart, out int serialLength);
            if (serialLength == wanted.Length && data.Slice(serialStart, serialLength).SequenceEqual(wanted))
            {
                found = position;
            }

            position = start + length;
        }

        return found < 0 ? null : ReadAt(ref found);
    }

    /// <summary>Reads the DER, every entry included.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not a list.</exception>
    public static CertificateRevocationList Decode(ReadOnlyMemory<byte> der) => der.Length <= PkiLimits.RevocationListSize
        ? new CertificateRevocationList(der)
        : throw PkiException.TooLarge("A revocation list", PkiLimits.RevocationListSize);

    /// <summary>Reads DER, PEM or bare base64.</summary>
    /// <exception cref="PkiException">None of these.</exception>
    public static CertificateRevocationList DecodePemOrDer(ReadOnlyMemory<byte> data) => Decode(Pem.ToDer(data, Pem.RevocationListLabel));

    /// <summary>Makes a list in memory; for many entries use <see cref="RevocationListWriter"/>.</summary>
    /// <param name="header">Everything but the entries.</param>
    /// <param name="entries">In the order to write.</param>
    /// <param name="signer">The issuer's key.</param>
    public static CertificateRevocationList Sign(RevocationListHeader header, IReadOnlyCollection<RevokedEntry> entries, ISigner signer)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(signer);
        byte[] tbs = RevocationListWriter.EncodeTbs(header, entries, signer.Algorithm);
        return Decode(SignedStructure.Assemble(tbs, signer.Algorithm, signer.Sign(tbs)));
    }

    /// <summary>True when the list's signature verifies with the issuer's key and the issuer's name is the list's.</summary>
    public bool IsSignedBy(Certificate issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        return Issuer.Equals(issuer.Subject) && issuer.PublicKey.Verify(SignatureAlgorithm, TbsData.Span, Signature.Span);
    }

    /// <summary>A copy of the DER.</summary>
    public byte[] Encode() => RawData.ToArray();

    /// <summary>PEM with the label X509 CRL.</summary>
    public string ToPem() => Pem.Encode(Pem.RevocationListLabel, RawData.Span);
}
