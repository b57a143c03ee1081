using System.Numerics;

namespace Hufu.Pki;

// TSTInfo ::= SEQUENCE { version INTEGER (1), policy OBJECT IDENTIFIER, messageImprint, serialNumber INTEGER, genTime GeneralizedTime, accuracy Accuracy OPTIONAL,
//   ordering BOOLEAN DEFAULT FALSE, nonce INTEGER OPTIONAL, tsa [0] EXPLICIT GeneralName OPTIONAL, extensions [1] IMPLICIT Extensions OPTIONAL }
// Accuracy ::= SEQUENCE { seconds INTEGER OPTIONAL, millis [0] INTEGER (1..999) OPTIONAL, micros [1] INTEGER (1..999) OPTIONAL }   (RFC 3161 2.4.2)

/// <summary>What a time-stamping authority states.</summary>
public sealed record TstInfo
{
    /// <summary>The authority's policy, dotted.</summary>
    public required string Policy { get; init; }

    /// <summary>What is stamped.</summary>
    public required MessageImprint Imprint { get; init; }

    /// <summary>Unique for the authority; up to 160 bits.</summary>
    public required SerialNumber SerialNumber { get; init; }

    /// <summary>The time, fractions of a second to 100 nanoseconds.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The time is right to within this, or null for not said; whole microseconds.</summary>
    public TimeSpan? Accuracy { get; init; }

    /// <summary>True when tokens of this authority can be ordered by time alone.</summary>
    public bool Ordering { get; init; }

    /// <summary>The request's nonce, or null.</summary>
    public BigInteger? Nonce { get; init; }

    /// <summary>The authority's name, or null.</summary>
    public GeneralName? Authority { get; init; }

    /// <summary>The DER.</summary>
    public byte[] Encode() => DerWriting.Encode(w =>
    {
        using (w.PushSequence())
        {
            w.WriteInteger(1);
            w.WriteObjectIdentifier(Policy);
            Imprint.Write(w);
            SerialNumber.Write(w);
            w.WriteGeneralizedTime(Time.ToUniversalTime());
            if (Accuracy is { } accuracy)
            {
                using (w.PushSequence())
                {
                    if (accuracy >= TimeSpan.FromSeconds(1))
                    {
                        w.WriteInteger((int)accuracy.TotalSeconds);
                    }

                    if (accuracy.Milliseconds > 0)
                    {
                        w.WriteInteger(accuracy.Milliseconds, DerWriting.Context(0, constructed: false));
                    }

                    if (accuracy.Microseconds > 0)
                    {
                        w.WriteInteger(accuracy.Microseconds, DerWriting.Context(1, constructed: false));
                    }
                }
            }

            if (Ordering)
            {
                w.WriteBoolean(true);
            }

            if (Nonce is { } nonce)
            {
                w.WriteInteger(nonce);
            }

            if (Authority is { } authority)
            {
                using (w.PushContext(0))
                {
                    authority.Write(w);
                }
            }
        }
    });

    /// <summary>Reads the DER.</summary>
    /// <exception cref="PkiException">Not a TSTInfo, or one with a critical extension.</exception>
    public static TstInfo Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.TimeStampResponseSize, "a TSTInfo");
        DerReader outer = new(der);
        DerReader fields = outer.ReadSequence();
        if (fields.ReadInt32() != 1)
        {
            throw PkiException.Unsupported("A TSTInfo of another version than 1.");
        }

        string policy = fields.ReadOid();
        MessageImprint imprint = MessageImprint.Read(ref fields);
        SerialNumber serial = SerialNumber.Read(ref fields);
        DateTimeOffset time = fields.ReadGeneralizedTime(fractions: true);
        TimeSpan? accuracy = fields.PeekTag() == DerTag.Sequence ? ReadAccuracy(ref fields) : null;
        bool ordering = fields.PeekTag() == DerTag.Boolean && fields.ReadBoolean();
        BigInteger? nonce = fields.PeekTag() == DerTag.Integer ? fields.ReadBigInteger(TimeStampRequest.MaxNonceSize) : null;
        GeneralName? authority = null;
        if (fields.TryReadConstructed(0xA0, out DerReader name))
        {
            authority = GeneralName.Read(ref name);
            name.ThrowIfNotEmpty();
        }

        if (fields.PeekTag() == 0xA1 && CertificateExtension.ReadList(ref fields, tag: 0xA1).Any(e => e.Critical))
        {
            throw PkiException.Unsupported("A TSTInfo with a critical extension.");
        }

        fields.ThrowIfNotEmpty();
        return new TstInfo { Policy = policy, Imprint = imprint, SerialNumber = serial, Time = time, Accuracy = accuracy, Ordering = ordering, Nonce = nonce, Authority = authority };
    }

    private static TimeSpan ReadAccuracy(ref DerReader fields)
    {
        DerReader accuracy = fields.ReadSequence();
        long micros = accuracy.PeekTag() == DerTag.Integer ? accuracy.ReadInt32() * 1_000_000L : 0;
        micros += accuracy.PeekTag() == 0x80 ? accuracy.ReadInt32(0x80) * 1000L : 0;
        micros += accuracy.PeekTag() == 0x81 ? accuracy.ReadInt32(0x81) : 0;
        accuracy.ThrowIfNotEmpty();
        return micros >= 0 ? TimeSpan.FromTicks(micros * TimeSpan.TicksPerMicrosecond) : throw PkiException.BadValue("A TSTInfo's accuracy is negative.");
    }
}
