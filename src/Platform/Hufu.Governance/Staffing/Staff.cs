using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Governance;

/// <summary>The room's people: who they are, their certificates, their roles and who appointed them. Tables <c>staff_*</c> in the room's own database.</summary>
public sealed class Staff
{
    /// <summary>The staff of a room.</summary>
    /// <param name="room">The room's name.</param>
    /// <param name="policy">Roles and who appoints whom.</param>
    /// <param name="clock">The room's clock.</param>
    public Staff(string room, Policy policy, TimeProvider clock)
    {
        Room = room;
        _ = policy;
        _ = clock;
    }

    /// <summary>The room's name.</summary>
    public string Room { get; }

    /// <summary>Refuses an appointment that cannot be, before anybody is certified: unknown role, appointer without the right, incompatible roles, a key or a name that is somebody else's.</summary>
    /// <param name="session">A transaction of the room's database.</param>
    /// <param name="role">The role.</param>
    /// <param name="name">The person's real name; the same name is the same person in a room.</param>
    /// <param name="key">The person's key.</param>
    /// <param name="by">Who appoints; null at initialisation.</param>
    /// <exception cref="RefusedException">FieldInvalid, RoleMissing, RolesIncompatible, SamePerson, KeyReused, StateWrong.</exception>
    public void CheckAppointment(Session session, string role, string name, SubjectPublicKeyInfo key, StaffMember? by) => throw new NotImplementedException();

    /// <summary>Puts an appointed person on the staff; the same checks once more.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="role">The role.</param>
    /// <param name="name">The person's real name.</param>
    /// <param name="certificate">Their certificate, DER.</param>
    /// <param name="by">Who appointed; null at initialisation.</param>
    /// <param name="act">The appointer's signed act; null at initialisation.</param>
    /// <exception cref="RefusedException">As <see cref="CheckAppointment"/>.</exception>
    public StaffMember Enrol(Session session, string role, string name, byte[] certificate, StaffMember? by, SignedAct? act) => throw new NotImplementedException();

    /// <summary>The person whose certificate has this SM3 digest (64 hex digits), or null.</summary>
    public StaffMember? FindByCertificate(Session session, string digest) => throw new NotImplementedException();

    /// <summary>Everybody, by number; at most 1,000.</summary>
    public IReadOnlyList<StaffMember> List(Session session) => throw new NotImplementedException();

    /// <summary>Makes a person's certificate void here: it was revoked.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="serial">Its serial, hex.</param>
    /// <returns>False when no member of staff has such a certificate.</returns>
    public bool RevokeCertificate(Session session, string serial) => throw new NotImplementedException();

    /// <summary>Suspends a person in all roles, or lifts it.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="personId">The person.</param>
    /// <param name="suspended">Whether to suspend.</param>
    /// <returns>False when there is no such person.</returns>
    public bool SetSuspended(Session session, string personId, bool suspended) => throw new NotImplementedException();
}
