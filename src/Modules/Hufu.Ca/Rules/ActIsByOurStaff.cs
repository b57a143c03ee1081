using Hufu.Ca.Certificates;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ca.Rules;

/// <summary>What is known of the certificate that came with a staff act.</summary>
/// <param name="Certificate">As it came.</param>
/// <param name="Issued">What this CA issued under that serial, DER, or null.</param>
/// <param name="Staff">Whose it is, or null.</param>
/// <param name="Revoked">Whether it is revoked.</param>
internal sealed record StaffEvidence(Certificate Certificate, byte[]? Issued, StaffRow? Staff, bool Revoked);

/// <summary>
/// A staff act counts when its statement is signed by a certificate that this CA issued to a member of that room's staff in that role, in validity then and now, and not revoked: the CA
/// signs only what carries an RA operator's signature (R14).
/// </summary>
internal static class ActIsByOurStaff
{
    /// <summary>Reads the statement and verifies everything about its signer.</summary>
    /// <param name="act">The signed act.</param>
    /// <param name="evidence">What is known of its certificate.</param>
    /// <param name="room">Whose staff.</param>
    /// <param name="role">In which role.</param>
    /// <param name="now">The clock.</param>
    /// <param name="window">How far in the future the statement's time may lie.</param>
    /// <param name="field">The field that carries the act.</param>
    /// <exception cref="RefusedException">Malformed, PersonUnknown, CertificateNotValid, RoleMissing, StatementMismatch, StatementStale, SignatureInvalid.</exception>
    public static ActStatement Demand(SignedAct act, StaffEvidence evidence, string room, string role, DateTimeOffset now, TimeSpan window, string field)
    {
        if (!ActStatement.TryParse(act.Statement, out var statement))
        {
            throw new RefusedException(RefusalCode.Malformed, "The statement is not in canonical form.", field);
        }

        // The serial alone proves nothing: the bytes must be those that this CA stored (R11).
        if (evidence.Issued is null || evidence.Staff is null || !evidence.Issued.AsSpan().SequenceEqual(evidence.Certificate.RawData.Span))
        {
            throw new RefusedException(RefusalCode.PersonUnknown, "This CA has not issued the certificate to anybody's staff.", field);
        }

        if (evidence.Revoked || !evidence.Certificate.IsValidAt(now) || !evidence.Certificate.IsValidAt(statement.Time))
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, evidence.Revoked ? "The signer's certificate is revoked." : "The signer's certificate is outside its validity.", field);
        }

        if (evidence.Staff.Room != room || evidence.Staff.Role != role)
        {
            throw new RefusedException(RefusalCode.RoleMissing, $"The signer is {evidence.Staff.Role} of {evidence.Staff.Room}, not {role} of {room}.", field);
        }

        if (statement.Room != room || statement.Person != ActStatement.Digest(evidence.Certificate.RawData.Span))
        {
            throw new RefusedException(RefusalCode.StatementMismatch, "The statement names another room or another certificate.", field);
        }

        if (statement.Time > now + window)
        {
            throw new RefusedException(RefusalCode.StatementStale, "The statement's time lies in the future.", field);
        }

        return act.Verify(evidence.Certificate.PublicKey) ? statement : throw new RefusedException(RefusalCode.SignatureInvalid, "", field);
    }
}
