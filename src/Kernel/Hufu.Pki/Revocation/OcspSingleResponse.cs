using System.Formats.Asn1;

namespace Hufu.Pki;

// SingleResponse ::= SEQUENCE { certID CertID, certStatus CHOICE { good [0] IMPLICIT NULL, revoked [1] IMPLICIT SEQUENCE { revocationTime GeneralizedTime,
//   revocationReason [0] EXPLICIT CRLReason OPTIONAL }, unknown [2] IMPLICIT NULL }, thisUpdate GeneralizedTime, nextUpdate [0] EXPLICIT GeneralizedTime OPTIONAL,
//   singleExtensions [1] EXPLICIT Extensions OPTIONAL }   (RFC 6960 4.2.1)

/// <summary>The answer about one certificate.</summary>
/// <param name="CertId">As the client wrote it.</param>
/// <param name="Status">Good, revoked or unknown.</param>
/// <param name="ThisUpdate">When the status was known to be so.</param>
/// <param name="NextUpdate">When newer information is there at the latest, or null.</param>
/// <param name="RevocationTime">When revoked, otherwise null.</param>
/// <param name="Reason">Why revoked, or null.</param>
public sealed record OcspSingleResponse(
    OcspCertId CertId, OcspCertificateStatus Status, DateTimeOffset ThisUpdate, DateTimeOffset? NextUpdate, DateTimeOffset? RevocationTime = null, RevocationReason? Reason = null)
{
    internal static OcspSingleResponse Read(ref DerReader list)
    {
        DerReader fields = list.ReadSequence();
        OcspCertId id = OcspCertId.Read(ref fields);
        OcspCertificateStatus status;
        DateTimeOffset? revokedAt = null;
        RevocationReason? reason = null;
        switch (fields.PeekTag())
        {
            case 0x80 or 0x82:
                status = (OcspCertificateStatus)(fields.PeekTag() & 3);
                if (!fields.ReadContent(fields.PeekTag()).IsEmpty)
                {
                    throw PkiException.Malformed("A NULL has content.");
                }

                break;
            default:
                status = OcspCertificateStatus.Revoked;
                DerReader revoked = fields.ReadConstructed(0xA1);
                revokedAt = revoked.ReadGeneralizedTime();
                if (revoked.TryReadConstructed(0xA0, out DerReader why))
                {
                    reason = RevokedEntry.ReadReason(ref why);
                    why.ThrowIfNotEmpty();
                }

                revoked.ThrowIfNotEmpty();
                break;
        }

        DateTimeOffset thisUpdate = fields.ReadGeneralizedTime();
        DateTimeOffset? nextUpdate = null;
        if (fields.TryReadConstructed(0xA0, out DerReader next))
        {
            nextUpdate = next.ReadGeneralizedTime();
            next.ThrowIfNotEmpty();
        }

        if (fields.TryReadConstructed(0xA1, out DerReader extensions))
        {
            foreach (CertificateExtension extension in CertificateExtension.ReadList(ref extensions))
            {
                if (extension.Critical)
                {
                    throw PkiException.Unsupported($"The answer has the critical extension {extension.Oid}, which is not known here.");
                }
            }
        }

        fields.ThrowIfNotEmpty();
        return new OcspSingleResponse(id, status, thisUpdate, nextUpdate, revokedAt, reason);
    }

    internal void Write(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            CertId.Write(writer);
            if (Status == OcspCertificateStatus.Revoked)
            {
                using (writer.PushContext(1))
                {
                    writer.WriteGeneralizedTime(DerTime.WholeSecond(RevocationTime ?? throw PkiException.BadValue("A revoked answer needs the time.")), true);
                    if (Reason is { } reason and not RevocationReason.Unspecified)
                    {
                        using (writer.PushContext(0))
                        {
                            RevokedEntry.WriteReason(writer, reason);
                        }
                    }
                }
            }
            else
            {
                writer.WriteNull(DerWriting.Context((int)Status, constructed: false));
            }

            writer.WriteGeneralizedTime(DerTime.WholeSecond(ThisUpdate), true);
            if (NextUpdate is { } next)
            {
                using (writer.PushContext(0))
                {
                    writer.WriteGeneralizedTime(DerTime.WholeSecond(next), true);
                }
            }
        }
    }
}
