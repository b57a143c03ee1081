using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Governance;

/// <summary>People whose certificates have ended, and how they come into force again over the same key (<see cref="RepairPlan"/>).</summary>
public sealed partial class Staff
{
    /// <summary>People in office whose certificate has ended, or ends before a moment, with nothing that follows it: by name, at most 200.</summary>
    /// <param name="session">A transaction.</param>
    /// <param name="before">The moment.</param>
    public IReadOnlyList<(StaffMember Person, Certificate Certificate)> Ending(Session session, DateTimeOffset before)
    {
        ArgumentNullException.ThrowIfNull(session);
        return
        [
            .. StaffStore.Ending(session, before.ToUnixTimeMilliseconds())
                .Select(row => (Member(session, StaffStore.ById(session, row.PersonId)!), Certificate.Decode(row.Der))).Where(one => one.Item1.Roles.Count > 0).Take(200),
        ];
    }

    /// <summary>Whether somebody here has, or had, the certificate of this serial.</summary>
    /// <param name="session">A transaction.</param>
    /// <param name="serial">Hex.</param>
    public static bool Knows(Session session, string serial)
    {
        ArgumentNullException.ThrowIfNull(session);
        return StaffStore.CertificateBySerial(session, serial) is not null;
    }

    /// <summary>Puts a certificate over a key that a member of staff has beside the one that it follows. The caller has verified it.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="serial">The certificate that it follows, hex.</param>
    /// <param name="certificate">The new one.</param>
    /// <returns>The person; null when it is known already.</returns>
    /// <exception cref="RefusedException">PersonUnknown: nobody in office has such a certificate in force; PersonSuspended; FieldInvalid: key or name is another.</exception>
    public StaffMember? Follow(Session session, string serial, Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(certificate);
        var digest = ActStatement.Digest(certificate.RawData.Span);
        if (StaffStore.Certificate(session, digest) is not null)
        {
            return null;
        }

        var old = StaffStore.CertificateBySerial(session, serial) is { RevokedAt: null } row ? row : throw new RefusedException(RefusalCode.PersonUnknown, $"Nobody here has the certificate {serial}, or it is void.", "serial");
        var person = StaffStore.ById(session, old.PersonId)!;
        var member = Member(session, person);
        if (person.Suspended != 0 || member.Roles.Count == 0)
        {
            throw new RefusedException(RefusalCode.PersonSuspended, person.Name, "person");
        }

        var before = Certificate.Decode(old.Der);
        if (!before.PublicKey.Equals(certificate.PublicKey) || !before.Subject.RawData.Span.SequenceEqual(certificate.Subject.RawData.Span) || certificate.NotAfter <= before.NotAfter)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"The certificate {certificate.SerialHex} does not follow {serial}: key, name or life is another.", "certificate");
        }

        StaffStore.AddCertificate(
            session,
            new StaffStore.CertificateRow(digest, person.Id, certificate.SerialHex, certificate.NotBefore.ToUnixTimeMilliseconds(), certificate.NotAfter.ToUnixTimeMilliseconds(), certificate.Encode(), null),
            KeyDigest(certificate.PublicKey));
        return member;
    }
}
