namespace Hufu.Pki;

// OCSPRequest ::= SEQUENCE { tbsRequest TBSRequest, optionalSignature [0] EXPLICIT Signature OPTIONAL }
// TBSRequest ::= SEQUENCE { version [0] EXPLICIT INTEGER DEFAULT v1, requestorName [1] EXPLICIT GeneralName OPTIONAL, requestList SEQUENCE OF Request,
//   requestExtensions [2] EXPLICIT Extensions OPTIONAL };  Request ::= SEQUENCE { reqCert CertID, singleRequestExtensions [0] EXPLICIT Extensions OPTIONAL }   (RFC 6960 4.1.1)

/// <summary>An OCSP request. A signature on it is read over and not verified: answers are public.</summary>
public sealed class OcspRequest
{
    private OcspRequest(ReadOnlyMemory<byte> rawData)
    {
        RawData = rawData;
        DerReader outer = new(rawData);
        DerReader request = outer.ReadSequence();
        DerReader tbs = request.ReadSequence();
        if (request.PeekTag() == 0xA0)
        {
            request.ReadEncoded();
        }

        request.ThrowIfNotEmpty();
        if (tbs.TryReadConstructed(0xA0, out DerReader version) && version.ReadInt32() != 0)
        {
            throw PkiException.Unsupported("An OCSP request of another version than 1.");
        }

        if (tbs.TryReadConstructed(0xA1, out DerReader requestor))
        {
            GeneralName.Read(ref requestor);
            requestor.ThrowIfNotEmpty();
        }

        DerReader list = tbs.ReadSequence();
        List<OcspCertId> ids = new(1);
        do
        {
            if (ids.Count == PkiLimits.OcspRequestCount)
            {
                throw PkiException.TooLarge("The number of certificates asked about", PkiLimits.OcspRequestCount);
            }

            DerReader item = list.ReadSequence();
            ids.Add(OcspCertId.Read(ref item));
            if (item.TryReadConstructed(0xA0, out DerReader single))
            {
                RefuseUnknownCritical(CertificateExtension.ReadList(ref single));
            }

            item.ThrowIfNotEmpty();
        }
        while (!list.IsEmpty);
        CertIds = ids;
        if (tbs.TryReadConstructed(0xA2, out DerReader wrapped))
        {
            Extensions = CertificateExtension.ReadList(ref wrapped);
            wrapped.ThrowIfNotEmpty();
            RefuseUnknownCritical(Extensions);
        }

        tbs.ThrowIfNotEmpty();
        Nonce = OcspNonce.Read(Extensions);
    }

    /// <summary>The DER.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>The certificates asked about, at least one.</summary>
    public IReadOnlyList<OcspCertId> CertIds { get; }

    /// <summary>The request's extensions.</summary>
    public IReadOnlyList<CertificateExtension> Extensions { get; } = [];

    /// <summary>The nonce, 1 to 128 bytes, or null.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; }

    // RFC 6960 4.4: a critical extension that is not understood means malformedRequest.
    private static void RefuseUnknownCritical(IReadOnlyList<CertificateExtension> extensions)
    {
        foreach (CertificateExtension extension in extensions)
        {
            if (extension.Critical && extension.Oid != Oids.OcspNonce)
            {
                throw PkiException.Unsupported($"The request has the critical extension {extension.Oid}, which is not known here.");
            }
        }
    }

    /// <summary>Makes a request.</summary>
    /// <param name="ids">At least one.</param>
    /// <param name="nonce">1 to 128 bytes, or null for none.</param>
    public static OcspRequest Create(IReadOnlyList<OcspCertId> ids, ReadOnlyMemory<byte>? nonce)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return new OcspRequest(DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            using (w.PushSequence())
            {
                using (w.PushSequence())
                {
                    foreach (OcspCertId id in ids)
                    {
                        using (w.PushSequence())
                        {
                            id.Write(w);
                        }
                    }
                }

                if (nonce is { } octets)
                {
                    using (w.PushContext(2))
                    {
                        CertificateExtension.WriteList(w, [OcspNonce.ToExtension(octets)]);
                    }
                }
            }
        }));
    }

    /// <summary>Reads the DER.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not a request, or one with an unknown critical extension.</exception>
    public static OcspRequest Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.OcspRequestSize, "an OCSP request");
        return new OcspRequest(der);
    }

    /// <summary>A copy of the DER.</summary>
    public byte[] Encode() => RawData.ToArray();
}
