using Hufu.Contracts;
using Hufu.Ocsp.Answering;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ocsp.Status;

/// <summary>What the CA's facts say, put into the tables and, once that is durable, into the index.</summary>
internal sealed class StatusFacts(StatusIndex index, Issuers issuers)
{
    /// <summary>A CA certificate exists.</summary>
    public void Certified(Session session, AuthorityCertified fact)
    {
        var certificate = Read(fact.Certificate);
        StatusStore.AddIssuer(session, fact.Ca, Convert.ToHexStringLower(certificate.Sm3Digest.Span), fact.Certificate);
        session.OnCommitted(() => issuers.Add(fact.Ca, certificate));
    }

    /// <summary>A certificate was issued.</summary>
    public void Issued(Session session, CertificateIssued fact)
    {
        var serial = Serial(fact.Serial);
        StatusStore.Issued(session, fact.Ca, serial, fact.NotAfter);
        session.OnCommitted(() => index.Issued(fact.Ca, serial));
    }

    /// <summary>A certificate was revoked.</summary>
    public void Revoked(Session session, CertificateRevoked fact)
    {
        var serial = Serial(fact.Serial);
        StatusStore.Revoked(session, fact.Ca, serial, fact.RevokedAt, fact.Reason);
        session.OnCommitted(() => index.Revoked(fact.Ca, serial, fact.RevokedAt, fact.Reason));
    }

    /// <summary>A suspension was lifted; what is revoked for good stays so.</summary>
    public void Resumed(Session session, CertificateResumed fact)
    {
        var serial = Serial(fact.Serial);
        StatusStore.Resumed(session, fact.Ca, serial);
        session.OnCommitted(() => index.Resumed(fact.Ca, serial));
    }

    /// <summary>Fills index and issuers with everything that is stored.</summary>
    public static async Task RebuildAsync(Database database, StatusIndex index, Issuers issuers, CancellationToken ct)
    {
        foreach (var row in await database.ReadAsync(StatusStore.Issuers, ct))
        {
            issuers.Add(row.Ca, Certificate.Decode(row.Certificate));
        }

        await StatusStore.RebuildAsync(database, index, ct);
    }

    private static Certificate Read(byte[] der)
    {
        try
        {
            return Certificate.Decode(der);
        }
        catch (PkiException unreadable)
        {
            throw new RefusedException(RefusalCode.Malformed, unreadable.Message, "certificate");
        }
    }

    // Kept as the content bytes of the DER INTEGER, which is what a CertID carries.
    private static byte[] Serial(string hex) => SerialNumber.TryParse(hex, out var serial) && serial.IsPositive
        ? serial.Content.ToArray()
        : throw new RefusedException(RefusalCode.Malformed, "The serial is not the hex of a positive number.", "serial");
}
