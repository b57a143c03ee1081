using Hufu.Contracts;
using Hufu.Ocsp.Answering;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ocsp.Status;

/// <summary>What the CA's facts say, put into the tables and, once that is durable, into the index.</summary>
internal sealed class StatusFacts(StatusIndex index, Issuers issuers, AuthorityWords words)
{
    /// <summary>A CA certificate exists.</summary>
    public void Certified(Session session, AuthorityCertified fact, DateTimeOffset at)
    {
        var certificate = Read(fact.Certificate);
        StatusStore.AddIssuer(session, fact.Ca, Convert.ToHexStringLower(certificate.Sm3Digest.Span), fact.Certificate);
        session.OnCommitted(() => issuers.Add(fact.Ca, certificate));
        Heard(session, fact.Ca, at);
    }

    /// <summary>A certificate was issued.</summary>
    public void Issued(Session session, CertificateIssued fact, DateTimeOffset at)
    {
        var serial = Serial(fact.Serial);
        StatusStore.Issued(session, fact.Ca, serial, fact.NotAfter);
        session.OnCommitted(() => index.Issued(fact.Ca, serial));
        Heard(session, fact.Ca, at);
    }

    /// <summary>A certificate was revoked or suspended.</summary>
    public void Revoked(Session session, CertificateRevoked fact, DateTimeOffset at)
    {
        Revoke(session, fact.Ca, Serial(fact.Serial), fact.RevokedAt, fact.Reason);
        Heard(session, fact.Ca, at);
    }

    /// <summary>A suspension was lifted; what is revoked for good stays so.</summary>
    public void Resumed(Session session, CertificateResumed fact, DateTimeOffset at)
    {
        var serial = Serial(fact.Serial);
        StatusStore.Resumed(session, fact.Ca, serial);
        session.OnCommitted(() => index.Resumed(fact.Ca, serial));
        Heard(session, fact.Ca, at);
    }

    /// <summary>The CA is there, though nothing has happened.</summary>
    public void Alive(Session session, AuthorityAlive fact) => Heard(session, fact.Ca, fact.At);

    /// <summary>A serial that is known to be revoked.</summary>
    public void Revoke(Session session, string ca, byte[] serial, DateTimeOffset revokedAt, Contracts.RevocationReason reason)
    {
        StatusStore.Revoked(session, ca, serial, revokedAt, reason);
        session.OnCommitted(() => index.Revoked(ca, serial, revokedAt, reason));
    }

    private void Heard(Session session, string ca, DateTimeOffset at)
    {
        StatusStore.Heard(session, ca, at);
        session.OnCommitted(() => words.Heard(ca, at));
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
