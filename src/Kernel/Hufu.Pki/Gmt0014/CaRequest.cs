namespace Hufu.Pki.Gmt0014;

// CARequest ::= SEQUENCE { ksRequest KSRequest, signatureAlgorithm AlgorithmIdentifier, signatureValue OCTET STRING }
// KSRequest ::= SEQUENCE { version INTEGER, caName EntName, requestList SEQUENCE OF Request, requestTime GeneralizedTime, taskNO INTEGER }   (GM/T 0014 5.2.3.1)

/// <summary>What a CA asks of the KM, signed by the CA. Immutable; verifies over the bytes as they came.</summary>
public sealed class CaRequest
{
    private readonly SignedExchange _exchange;
    private readonly KnownEntName? _known;

    private CaRequest(ReadOnlyMemory<byte> rawData, KnownEntName? known = null)
    {
        RawData = rawData;
        _exchange = SignedExchange.Read(rawData, "a CARequest");
        DerReader outer = new(_exchange.Body);
        DerReader body = outer.ReadSequence();
        Version = body.ReadInt32();
        if (known is not null && body.Rest.Span.StartsWith(known.Encoded.Span))
        {
            body.ReadEncoded();
            (CaName, _known) = (known.Name, known);
        }
        else
        {
            CaName = EntName.Read(ref body);
        }

        DerReader list = body.ReadSequence();
        List<KeyRequest> requests = [];
        do
        {
            if (requests.Count == PkiLimits.Gmt0014Count)
            {
                throw PkiException.TooLarge("The request list", PkiLimits.Gmt0014Count);
            }

            requests.Add(KeyRequest.Read(ref list));
        }
        while (!list.IsEmpty);
        Requests = requests;
        RequestTime = body.ReadGeneralizedTime();
        TaskNumber = SerialNumber.Read(ref body);
        body.ThrowIfNotEmpty();
    }

    /// <summary>The DER.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>version.</summary>
    public int Version { get; }

    /// <summary>The asking CA.</summary>
    public EntName CaName { get; }

    /// <summary>The requests, at least one.</summary>
    public IReadOnlyList<KeyRequest> Requests { get; }

    /// <summary>When the CA asked.</summary>
    public DateTimeOffset RequestTime { get; }

    /// <summary>taskNO, which the response echoes.</summary>
    public SerialNumber TaskNumber { get; }

    /// <summary>Builds and signs one.</summary>
    /// <param name="ca">The CA's certificate for this exchange.</param>
    /// <param name="signer">Its key.</param>
    /// <param name="requests">At least one.</param>
    /// <param name="time">requestTime.</param>
    /// <param name="taskNumber">Unique for the CA.</param>
    /// <param name="options">The open points.</param>
    public static CaRequest Sign(Certificate ca, ISigner signer, IReadOnlyList<KeyRequest> requests, DateTimeOffset time, SerialNumber taskNumber, Gmt0014Options options)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(options);
        byte[] body = DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                w.WriteInteger(options.Version);
                EntName.Of(ca, options).Write(w);
                using (w.PushSequence())
                {
                    foreach (KeyRequest request in requests)
                    {
                        request.Write(w, options);
                    }
                }

                w.WriteGeneralizedTime(DerTime.WholeSecond(time), true);
                taskNumber.Write(w);
            }
        });
        return new CaRequest(SignedExchange.Sign(body, signer));
    }

    /// <summary>Reads the DER; verifies nothing.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not a CARequest.</exception>
    public static CaRequest Decode(ReadOnlyMemory<byte> der) => new(der);

    /// <summary>As the other, from a CA that is likely to be known: its name is compared as bytes and read only when these differ.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <param name="known">The name of the CA that probably asks.</param>
    /// <exception cref="PkiException">Not a CARequest.</exception>
    public static CaRequest Decode(ReadOnlyMemory<byte> der, KnownEntName known) => new(der, known);

    /// <summary>Checks version, the CA's name against its certificate, and the signature.</summary>
    /// <param name="ca">The certificate that the KM knows this CA by.</param>
    /// <param name="options">The open points.</param>
    /// <exception cref="PkiException">What does not fit: <see cref="PkiError.Unsupported"/>, <see cref="PkiError.Mismatch"/>, <see cref="PkiError.BadSignature"/>.</exception>
    public void Check(Certificate ca, Gmt0014Options options)
    {
        ArgumentNullException.ThrowIfNull(ca);
        ArgumentNullException.ThrowIfNull(options);
        ExchangeChecks.Check(Version, CaName, _exchange, ca, options, _known);
    }

    /// <summary>A copy of the DER.</summary>
    public byte[] Encode() => RawData.ToArray();
}
