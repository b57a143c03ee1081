using System.Formats.Asn1;

namespace Hufu.Pki;

// SEQUENCE { userCertificate CertificateSerialNumber, revocationDate Time, crlEntryExtensions Extensions OPTIONAL }   (RFC 5280 5.1.2.6)

/// <summary>One revoked certificate of a list.</summary>
/// <param name="SerialNumber">Which.</param>
/// <param name="RevocationDate">When it was revoked (whole seconds).</param>
/// <param name="Reason">reasonCode, or null when absent; <see cref="RevocationReason.Unspecified"/> is not written.</param>
/// <param name="InvalidityDate">When the key is thought to have become unsafe, or null.</param>
public readonly record struct RevokedEntry(SerialNumber SerialNumber, DateTimeOffset RevocationDate, RevocationReason? Reason = null, DateTimeOffset? InvalidityDate = null)
{
    /// <summary>Bytes of the largest entry written here: every length in it fits one byte.</summary>
    internal const int MaxEncodedSize = 96;

    // Extension headers up to the value: reasonCode 2.5.29.21 and invalidityDate 2.5.29.24.
    private static ReadOnlySpan<byte> ReasonHeader => [0x30, 0x0A, 0x06, 0x03, 0x55, 0x1D, 0x15, 0x04, 0x03, 0x0A, 0x01];

    private static ReadOnlySpan<byte> InvalidityHeader => [0x30, 0x18, 0x06, 0x03, 0x55, 0x1D, 0x18, 0x04, 0x11, 0x18, 0x0F];

    private bool HasReason => Reason is not (null or RevocationReason.Unspecified);

    internal int EncodedSize
    {
        get
        {
            int extensions = (HasReason ? 12 : 0) + (InvalidityDate is null ? 0 : 26);
            return 2 + 2 + SerialNumber.Content.Length + (IsUtcTime(RevocationDate) ? 15 : 17) + (extensions == 0 ? 0 : 2 + extensions);
        }
    }

    /// <summary>Writes the DER.</summary>
    /// <returns>Bytes written, equal to <see cref="EncodedSize"/>.</returns>
    internal int Encode(Span<byte> destination)
    {
        int size = EncodedSize;
        ReadOnlySpan<byte> serial = SerialNumber.Content;
        destination[0] = DerTag.Sequence;
        destination[1] = (byte)(size - 2);
        destination[2] = DerTag.Integer;
        destination[3] = (byte)serial.Length;
        serial.CopyTo(destination[4..]);
        int position = 4 + serial.Length;
        position += WriteTime(RevocationDate, destination[position..], IsUtcTime(RevocationDate));
        if (position < size)
        {
            destination[position++] = DerTag.Sequence;
            destination[position] = (byte)(size - position - 1);
            position++;
            if (HasReason)
            {
                ReasonHeader.CopyTo(destination[position..]);
                destination[position + 11] = (byte)Reason!.Value;
                position += 12;
            }

            if (InvalidityDate is { } date)
            {
                InvalidityHeader[..9].CopyTo(destination[position..]);
                position += 9;
                WriteTime(date, destination[position..], utc: false);
            }
        }

        return size;
    }

    private static bool IsUtcTime(DateTimeOffset time) => time.UtcDateTime.Year is >= 1950 and < 2050;

    private static int WriteTime(DateTimeOffset time, Span<byte> destination, bool utc)
    {
        DateTime t = time.UtcDateTime;
        destination[0] = utc ? DerTag.UtcTime : DerTag.GeneralizedTime;
        int position = 2;
        if (!utc)
        {
            Two(t.Year / 100, destination, ref position);
        }

        Two(t.Year % 100, destination, ref position);
        Two(t.Month, destination, ref position);
        Two(t.Day, destination, ref position);
        Two(t.Hour, destination, ref position);
        Two(t.Minute, destination, ref position);
        Two(t.Second, destination, ref position);
        destination[position++] = (byte)'Z';
        destination[1] = (byte)(position - 2);
        return position;
    }

    private static void Two(int value, Span<byte> destination, ref int position)
    {
        destination[position++] = (byte)('0' + (value / 10));
        destination[position++] = (byte)('0' + (value % 10));
    }

    /// <summary>Reads the entry at the reader.</summary>
    /// <param name="list">Inside revokedCertificates.</param>
    /// <param name="unknownCritical">Set when a critical extension is not understood: the list then says more than is read here.</param>
    internal static RevokedEntry Read(ref DerReader list, ref bool unknownCritical)
    {
        DerReader entry = list.ReadSequence();
        SerialNumber serial = SerialNumber.Read(ref entry);
        DateTimeOffset date = entry.ReadTime();
        RevocationReason? reason = null;
        DateTimeOffset? invalidity = null;
        if (!entry.IsEmpty)
        {
            // By hand and not through ReadList: a list has millions of entries, and these two extensions need no objects.
            DerReader extensions = entry.ReadSequence();
            entry.ThrowIfNotEmpty();
            do
            {
                DerReader extension = extensions.ReadSequence();
                string oid = extension.ReadOid();
                bool critical = extension.PeekTag() == DerTag.Boolean && extension.ReadBoolean();
                DerReader value = new(extension.ReadOctetString());
                extension.ThrowIfNotEmpty();
                if (oid == Oids.ReasonCode && reason is null)
                {
                    reason = ReadReason(ref value);
                    value.ThrowIfNotEmpty();
                }
                else if (oid == Oids.InvalidityDate && invalidity is null)
                {
                    invalidity = value.ReadGeneralizedTime();
                    value.ThrowIfNotEmpty();
                }
                else if (oid is Oids.ReasonCode or Oids.InvalidityDate)
                {
                    throw PkiException.BadValue($"The extension {oid} occurs twice in an entry.");
                }
                else
                {
                    unknownCritical |= critical;
                }
            }
            while (!extensions.IsEmpty);
        }

        return new RevokedEntry(serial, date, reason, invalidity);
    }

    internal static RevocationReason ReadReason(ref DerReader value)
    {
        int reason = value.ReadInt32(DerTag.Enumerated);
        return reason is >= 0 and <= 10 and not 7 ? (RevocationReason)reason : throw PkiException.BadValue($"The revocation reason {reason} is not defined.");
    }

    internal static void WriteReason(AsnWriter writer, RevocationReason reason)
    {
        Span<byte> der = [DerTag.Enumerated, 1, (byte)reason];
        writer.WriteRaw(der);
    }
}
