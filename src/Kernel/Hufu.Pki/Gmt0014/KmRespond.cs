namespace Hufu.Pki.Gmt0014;

// KMRespond ::= SEQUENCE { ksRespond KSRespond, signatureAlgorithm AlgorithmIdentifier, signatureValue OCTET STRING }
// KSRespond ::= SEQUENCE { version INTEGER, kmName EntName, respondList SEQUENCE OF Respond, respondTime GeneralizedTime, taskNO INTEGER }   (GM/T 0014 5.2.3)

/// <summary>What the KM answers, signed by the KM. Immutable; verifies over the bytes as they came.</summary>
public sealed class KmRespond
{
    private readonly SignedExchange _exchange;

    private KmRespond(ReadOnlyMemory<byte> rawData)
    {
        RawData = rawData;
        _exchange = SignedExchange.Read(rawData, "a KMRespond");
        DerReader outer = new(_exchange.Body);
        DerReader body = outer.ReadSequence();
        Version = body.ReadInt32();
        KmName = EntName.Read(ref body);
        DerReader list = body.ReadSequence();
        List<KmResult> results = [];
        do
        {
            if (results.Count == PkiLimits.Gmt0014Count)
            {
                throw PkiException.TooLarge("The respond list", PkiLimits.Gmt0014Count);
            }

            results.Add(KmResult.Read(ref list));
        }
        while (!list.IsEmpty);
        Results = results;
        RespondTime = body.ReadGeneralizedTime();
        TaskNumber = SerialNumber.Read(ref body);
        body.ThrowIfNotEmpty();
    }

    /// <summary>The DER.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>version.</summary>
    public int Version { get; }

    /// <summary>The answering KM.</summary>
    public EntName KmName { get; }

    /// <summary>The answers, in the order of the requests.</summary>
    public IReadOnlyList<KmResult> Results { get; }

    /// <summary>When the KM answered.</summary>
    public DateTimeOffset RespondTime { get; }

    /// <summary>taskNO of the request.</summary>
    public SerialNumber TaskNumber { get; }

    /// <summary>Builds and signs one.</summary>
    /// <param name="km">The KM's certificate.</param>
    /// <param name="signer">Its key.</param>
    /// <param name="results">One for each request, in order.</param>
    /// <param name="time">respondTime.</param>
    /// <param name="taskNumber">taskNO of the request.</param>
    /// <param name="options">The open points.</param>
    public static KmRespond Sign(Certificate km, ISigner signer, IReadOnlyList<KmResult> results, DateTimeOffset time, SerialNumber taskNumber, Gmt0014Options options)
    {
        ArgumentNullException.ThrowIfNull(signer);
        byte[] body = EncodeBody(EntName.Of(km, options), results, time, taskNumber, options);
        return new KmRespond(SignedExchange.Assemble(body, signer.Algorithm, signer.Sign(body)));
    }

    /// <summary>The DER of ksRespond, which is what the KM signs: for a KM that signs many at once and puts each together by <see cref="Assemble"/>.</summary>
    /// <param name="kmName">The KM, <see cref="EntName.Of"/> its certificate.</param>
    /// <param name="results">One for each request, in order.</param>
    /// <param name="time">respondTime.</param>
    /// <param name="taskNumber">taskNO of the request.</param>
    /// <param name="options">The open points.</param>
    public static byte[] EncodeBody(EntName kmName, IReadOnlyList<KmResult> results, DateTimeOffset time, SerialNumber taskNumber, Gmt0014Options options)
    {
        ArgumentNullException.ThrowIfNull(kmName);
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(options);
        return DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                w.WriteInteger(options.Version);
                kmName.Write(w);
                using (w.PushSequence())
                {
                    foreach (KmResult result in results)
                    {
                        result.Write(w, options);
                    }
                }

                w.WriteGeneralizedTime(DerTime.WholeSecond(time), true);
                taskNumber.Write(w);
            }
        });
    }

    /// <summary>The DER of the whole answer.</summary>
    /// <param name="body">From <see cref="EncodeBody"/>.</param>
    /// <param name="algorithm">Of the signature.</param>
    /// <param name="signature">The KM's signature over the body, DER SM2Signature.</param>
    public static byte[] Assemble(ReadOnlySpan<byte> body, AlgorithmIdentifier algorithm, ReadOnlySpan<byte> signature) => SignedExchange.Assemble(body, algorithm, signature);

    /// <summary>Reads the DER; verifies nothing.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not a KMRespond.</exception>
    public static KmRespond Decode(ReadOnlyMemory<byte> der) => new(der);

    /// <summary>Checks version, the KM's name against its certificate, the signature, and that it answers this request.</summary>
    /// <param name="km">The certificate that the CA knows the KM by.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="options">The open points.</param>
    /// <exception cref="PkiException">What does not fit: <see cref="PkiError.Unsupported"/>, <see cref="PkiError.Mismatch"/>, <see cref="PkiError.BadSignature"/>.</exception>
    public void Check(Certificate km, CaRequest request, Gmt0014Options options)
    {
        ArgumentNullException.ThrowIfNull(km);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        ExchangeChecks.Check(Version, KmName, _exchange, km, options);
        if (TaskNumber != request.TaskNumber || Results.Count != request.Requests.Count)
        {
            throw new PkiException(PkiError.Mismatch, "The response has another task number or another number of answers than the request.");
        }

        for (int i = 0; i < Results.Count; i++)
        {
            KeyRequest asked = request.Requests[i];
            SerialNumber? answered = Results[i] switch
            {
                ApplyKeyResult apply when asked is ApplyKeyRequest => apply.Key.UserCertificateNumber,
                RestoreKeyResult restore when asked is RestoreKeyRequest => restore.Key.UserCertificateNumber,
                RevokeKeyResult revoke when asked is RevokeKeyRequest => revoke.UserCertificateNumber,
                ErrorResult => asked.UserCertificateNumber,
                _ => null,
            };
            if (answered != asked.UserCertificateNumber)
            {
                throw new PkiException(PkiError.Mismatch, $"Answer {i} is of another kind or for another certificate number than request {i}.");
            }

            RetKeyRespond? key = (Results[i] as ApplyKeyResult)?.Key ?? (Results[i] as RestoreKeyResult)?.Key;
            if (key?.VerifySignature(km, options) == false)
            {
                throw new PkiException(PkiError.BadSignature, $"The KM's signature on the private key of answer {i} does not verify.");
            }
        }
    }

    /// <summary>A copy of the DER.</summary>
    public byte[] Encode() => RawData.ToArray();
}
