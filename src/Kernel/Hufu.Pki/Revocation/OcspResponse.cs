namespace Hufu.Pki;

// OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] EXPLICIT SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING } OPTIONAL }
// BasicOCSPResponse ::= SEQUENCE { tbsResponseData ResponseData, signatureAlgorithm, signature BIT STRING, certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
// ResponseData ::= SEQUENCE { version [0] EXPLICIT DEFAULT v1, responderID CHOICE { byName [1] EXPLICIT Name, byKey [2] EXPLICIT OCTET STRING },
//   producedAt GeneralizedTime, responses SEQUENCE OF SingleResponse, responseExtensions [1] EXPLICIT Extensions OPTIONAL }   (RFC 6960 4.2.1)

/// <summary>An OCSP response, successful or not. Immutable; verifies over the bytes as they came.</summary>
public sealed class OcspResponse
{
    private readonly AlgorithmIdentifier? _algorithm;
    private readonly DistinguishedName? _responderName;
    private readonly ReadOnlyMemory<byte>? _responderKeyHash;

    private OcspResponse(ReadOnlyMemory<byte> rawData)
    {
        RawData = rawData;
        DerReader outer = new(rawData);
        DerReader response = outer.ReadSequence();
        int status = response.ReadInt32(DerTag.Enumerated);
        Status = status is >= 0 and <= 6 and not 4 ? (OcspResponseStatus)status : throw PkiException.BadValue($"The response status {status} is not defined.");
        if (response.IsEmpty)
        {
            if (Status == OcspResponseStatus.Successful)
            {
                throw PkiException.Malformed("A successful response has no answer.");
            }

            return;
        }

        DerReader wrapper = response.ReadConstructed(0xA0);
        response.ThrowIfNotEmpty();
        DerReader bytes = wrapper.ReadSequence();
        wrapper.ThrowIfNotEmpty();
        if (bytes.ReadOid() != Oids.OcspBasic || Status != OcspResponseStatus.Successful)
        {
            throw PkiException.Unsupported("The response is not a basic response, or a failure with an answer.");
        }

        ReadOnlyMemory<byte> basicData = bytes.ReadOctetString();
        bytes.ThrowIfNotEmpty();
        DerScan.Check(basicData.Span, PkiLimits.OcspResponseSize, "a BasicOCSPResponse");
        DerReader basicOuter = new(basicData);
        DerReader basic = basicOuter.ReadSequence();
        TbsData = basic.ReadEncoded();
        _algorithm = AlgorithmIdentifier.Read(ref basic);
        Signature = basic.ReadBitString();
        if (basic.TryReadConstructed(0xA0, out DerReader wrapped))
        {
            DerReader list = wrapped.ReadSequence();
            wrapped.ThrowIfNotEmpty();
            List<Certificate> certificates = [];
            while (!list.IsEmpty && certificates.Count < PkiLimits.CertificatesInMessage)
            {
                certificates.Add(Certificate.Decode(list.ReadEncoded()));
            }

            list.ThrowIfNotEmpty();
            Certificates = certificates;
        }

        basic.ThrowIfNotEmpty();
        DerReader tbsOuter = new(TbsData);
        DerReader tbs = tbsOuter.ReadSequence();
        if (tbs.TryReadConstructed(0xA0, out DerReader version) && version.ReadInt32() != 0)
        {
            throw PkiException.Unsupported("An OCSP response of another version than 1.");
        }

        DerReader responder = tbs.ReadConstructed(tbs.PeekTag() == 0xA1 ? (byte)0xA1 : (byte)0xA2);
        if (responder.PeekTag() == DerTag.Sequence)
        {
            _responderName = DistinguishedName.Read(ref responder);
        }
        else
        {
            _responderKeyHash = responder.ReadOctetString();
        }

        responder.ThrowIfNotEmpty();
        ProducedAt = tbs.ReadGeneralizedTime();
        DerReader answers = tbs.ReadSequence();
        List<OcspSingleResponse> responses = new(1);
        while (!answers.IsEmpty)
        {
            if (responses.Count == PkiLimits.OcspRequestCount)
            {
                throw PkiException.TooLarge("The number of answers", PkiLimits.OcspRequestCount);
            }

            responses.Add(OcspSingleResponse.Read(ref answers));
        }

        Responses = responses;
        if (tbs.TryReadConstructed(0xA1, out DerReader extensions))
        {
            Nonce = OcspNonce.Read(CertificateExtension.ReadList(ref extensions));
            extensions.ThrowIfNotEmpty();
        }

        tbs.ThrowIfNotEmpty();
    }

    /// <summary>The DER.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>Whether there is an answer, or why not.</summary>
    public OcspResponseStatus Status { get; }

    /// <summary>The DER of tbsResponseData, empty without an answer.</summary>
    public ReadOnlyMemory<byte> TbsData { get; }

    /// <summary>The signature, empty without an answer.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>When the answer was signed.</summary>
    public DateTimeOffset ProducedAt { get; }

    /// <summary>The answers.</summary>
    public IReadOnlyList<OcspSingleResponse> Responses { get; } = [];

    /// <summary>The certificates carried: the responder's.</summary>
    public IReadOnlyList<Certificate> Certificates { get; } = [];

    /// <summary>The nonce of the request, or null.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; }

    /// <summary>A response without an answer.</summary>
    /// <param name="status">Why; not <see cref="OcspResponseStatus.Successful"/>.</param>
    public static OcspResponse Failure(OcspResponseStatus status)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)status, (int)OcspResponseStatus.Successful, nameof(status));
        return new OcspResponse(new byte[] { DerTag.Sequence, 3, DerTag.Enumerated, 1, (byte)status });
    }

    /// <summary>Builds and signs an answer.</summary>
    /// <param name="responses">One for each CertID of the request.</param>
    /// <param name="producedAt">Now.</param>
    /// <param name="nonce">The request's nonce, or null.</param>
    /// <param name="signer">The responder's key.</param>
    /// <param name="responder">The responder's certificate; named as responder and carried along.</param>
    public static OcspResponse Sign(IReadOnlyList<OcspSingleResponse> responses, DateTimeOffset producedAt, ReadOnlyMemory<byte>? nonce, ISigner signer, Certificate responder)
    {
        ArgumentNullException.ThrowIfNull(responses);
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(responder);
        System.Formats.Asn1.AsnWriter w = DerWriting.NewWriter();
        using (w.PushSequence())
        {
            using (w.PushContext(1))
            {
                responder.Subject.Write(w);
            }

            w.WriteGeneralizedTime(DerTime.WholeSecond(producedAt), true);
            using (w.PushSequence())
            {
                foreach (OcspSingleResponse response in responses)
                {
                    response.Write(w);
                }
            }

            if (nonce is { } octets)
            {
                using (w.PushContext(1))
                {
                    CertificateExtension.WriteList(w, [OcspNonce.ToExtension(octets)]);
                }
            }
        }

        byte[] tbs = w.Encode();
        byte[] signature = signer.Sign(tbs);
        w.Reset();
        using (w.PushSequence())
        {
            w.WriteRaw([DerTag.Enumerated, 1, 0]);
            using (w.PushContext(0))
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier(Oids.OcspBasic);
                using (w.PushOctetString())
                using (w.PushSequence())
                {
                    w.WriteRaw(tbs);
                    signer.Algorithm.Write(w);
                    w.WriteBitString(signature);
                    using (w.PushContext(0))
                    using (w.PushSequence())
                    {
                        w.WriteRaw(responder.RawData.Span);
                    }
                }
            }
        }

        return new OcspResponse(w.Encode());
    }

    /// <summary>Reads the DER; verifies nothing.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not a response.</exception>
    public static OcspResponse Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.OcspResponseSize, "an OCSP response");
        return new OcspResponse(der);
    }

    /// <summary>True when the responder ID names this certificate (by name, or by SHA-1 or SM3 of its key) and the signature verifies with its key.</summary>
    public bool IsSignedBy(Certificate responder)
    {
        ArgumentNullException.ThrowIfNull(responder);
        bool named = _responderName is { } name
            ? name.Equals(responder.Subject)
            : _responderKeyHash is { } hash && hash.Span.SequenceEqual(Digests.Hash(hash.Length == 20 ? Oids.Sha1 : Oids.Sm3, responder.PublicKey.PublicKey.Span));
        return named && _algorithm is not null && responder.PublicKey.Verify(_algorithm, TbsData.Span, Signature.Span);
    }

    /// <summary>The answer about a certificate of an issuer, or null.</summary>
    public OcspSingleResponse? Find(Certificate issuer, SerialNumber serial) => Responses.FirstOrDefault(r => r.CertId.SerialNumber == serial && r.CertId.IsOf(issuer));

    /// <summary>A copy of the DER.</summary>
    public byte[] Encode() => RawData.ToArray();
}
