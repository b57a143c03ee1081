using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Governance;

/// <summary>The room's people: who they are, their certificates, their roles and who appointed them. Tables <c>staff_*</c> in the room's own database.</summary>
public sealed partial class Staff
{
    private readonly Policy _policy;
    private readonly TimeProvider _clock;

    /// <summary>The staff of a room.</summary>
    /// <param name="room">The room's name.</param>
    /// <param name="policy">Roles and who appoints whom.</param>
    /// <param name="clock">The room's clock.</param>
    public Staff(string room, Policy policy, TimeProvider clock)
    {
        Room = room;
        _policy = policy;
        _clock = clock;
    }

    /// <summary>The room's name.</summary>
    public string Room { get; }

    /// <summary>
    /// Refuses an appointment that cannot be, before anybody is certified: unknown role, appointer without the right, incompatible roles, a key that is somebody else's. Checked in this
    /// order: role, appointer, name, key, who the person is, self-appointment, suspension, roles held.
    /// </summary>
    /// <param name="session">A transaction of the room's database.</param>
    /// <param name="role">The role.</param>
    /// <param name="name">The person's real name; the same name is the same person in a room, so namesakes are told apart in their names.</param>
    /// <param name="key">The person's key.</param>
    /// <param name="by">Who appoints; null at initialisation.</param>
    /// <param name="insteadOf">A role of theirs that ends with it, or null.</param>
    /// <exception cref="RefusedException">FieldInvalid, FieldMissing, NameTooLong, RoleMissing, KeyWeak, KeyReused, SamePerson, PersonSuspended, StateWrong, RolesIncompatible.</exception>
    [Clause("6.6.1.2-d")]
    public void CheckAppointment(Session session, string role, string name, SubjectPublicKeyInfo key, StaffMember? by, string? insteadOf = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(key);
        _ = Identify(session, role, name, key, by, insteadOf);
    }

    /// <summary>Puts an appointed person on the staff; the same checks once more.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="role">The role.</param>
    /// <param name="name">The person's real name.</param>
    /// <param name="certificate">Their certificate, DER.</param>
    /// <param name="by">Who appointed; null at initialisation.</param>
    /// <param name="act">The appointer's signed act; null at initialisation.</param>
    /// <param name="insteadOf">A role of theirs that ends with it, and with it their earlier certificates; or null.</param>
    /// <exception cref="RefusedException">As <see cref="CheckAppointment"/>.</exception>
    /// <exception cref="PkiException">The certificate is none.</exception>
    [Clause("6.6.1.2-d")]
    public StaffMember Enrol(Session session, string role, string name, byte[] certificate, StaffMember? by, SignedAct? act, string? insteadOf = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        var decoded = Certificate.Decode(certificate);
        var (person, keptName) = Identify(session, role, name, decoded.PublicKey, by, insteadOf);
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (insteadOf is not null && person is not null)
        {
            StaffStore.EndRole(session, person.Id, insteadOf, now);
            StaffStore.VoidCertificates(session, person.Id, now);
        }

        var id = person?.Id ?? StaffStore.AddPerson(session, keptName, PersonName.Key(keptName), now);
        StaffStore.AddRole(session, id, role, now, by?.PersonId, act?.Statement, act?.Signature);
        StaffStore.AddCertificate(
            session,
            new StaffStore.CertificateRow(
                ActStatement.Digest(certificate), id, decoded.SerialHex, decoded.NotBefore.ToUnixTimeMilliseconds(), decoded.NotAfter.ToUnixTimeMilliseconds(), certificate, null),
            KeyDigest(decoded.PublicKey));
        return Member(session, StaffStore.ById(session, id)!);
    }

    /// <summary>The person whose certificate has this SM3 digest (64 hex digits), or null.</summary>
    public StaffMember? FindByCertificate(Session session, string digest)
    {
        ArgumentNullException.ThrowIfNull(session);
        return StaffStore.Certificate(session, digest) is { } row && StaffStore.ById(session, row.PersonId) is { } person ? Member(session, person) : null;
    }

    /// <summary>The person with a number in this room, or null.</summary>
    public StaffMember? Find(Session session, string personId)
    {
        ArgumentNullException.ThrowIfNull(session);
        return StaffStore.ById(session, personId) is { } person ? Member(session, person) : null;
    }

    /// <summary>Whether a member of staff goes by a name: the same name is the same person in a room, however it is typed.</summary>
    public static bool IsCalled(StaffMember member, string name)
    {
        ArgumentNullException.ThrowIfNull(member);
        return PersonName.Key(member.Name) == PersonName.Key(name ?? "");
    }

    /// <summary>Everybody, by number; at most 1,000.</summary>
    public IReadOnlyList<StaffMember> List(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return [.. StaffStore.All(session).Select(person => Member(session, person))];
    }

    /// <summary>Makes a person's certificate void here: it was revoked.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="serial">Its serial, hex.</param>
    /// <returns>False when no member of staff has such a certificate in force.</returns>
    public bool RevokeCertificate(Session session, string serial)
    {
        ArgumentNullException.ThrowIfNull(session);
        return StaffStore.Revoke(session, serial, _clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>Since when a certificate of a member of staff is void here; null when it is not, or is nobody's.</summary>
    /// <param name="session">A transaction.</param>
    /// <param name="digest">SM3 (64 hex digits) of the certificate.</param>
    public static DateTimeOffset? VoidSince(Session session, string digest)
    {
        ArgumentNullException.ThrowIfNull(session);
        return StaffStore.Certificate(session, digest)?.RevokedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
    }

    /// <summary>Certificates of people who have left their last role or changed it: void here, and still to be revoked by the CA. The oldest first, at most 100.</summary>
    /// <remarks>The key centre certifies its people itself and has no list of revoked ones: there nothing is left to be done.</remarks>
    [Clause("6.6.1.2-a")]
    public IReadOnlyList<RevocationDuty> RevocationDuties(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return Rooms.KindOf(Room) == Rooms.Kmc
            ? []
            : [.. StaffStore.Void(session, _clock.GetUtcNow().ToUnixTimeMilliseconds()).Select(row => new RevocationDuty(row.Serial, $"{row.Name} ({row.PersonId})", DateTimeOffset.FromUnixTimeMilliseconds(row.RevokedAt)))];
    }

    /// <summary>What has lapsed or is missing of a person's conditions of office, in words (6.6.1.3).</summary>
    public IReadOnlyList<string> Lapsed(Session session, string personId, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        return Fitness.Lapsed(session, _policy, Room, personId, now);
    }

    /// <summary>Puts a check, a training or a confirmation in office on record.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="personId">Whose.</param>
    /// <param name="record">What.</param>
    /// <param name="by">Who records.</param>
    /// <exception cref="RefusedException">FieldInvalid.</exception>
    public void RecordFitness(Session session, string personId, FitnessRecord record, StaffMember by)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(by);
        var now = _clock.GetUtcNow();
        if (record.On > now || record.On < now.AddYears(-20))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "Not in the future, and at most twenty years ago.", "on");
        }

        if (record.Evidence.Trim().Length is 0 or > 200 || record.Evidence.Any(char.IsControl))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "1 to 200 characters.", "evidence");
        }

        StaffStore.AddFitness(session, personId, Fitness.Word(record.Kind), record.On.ToUnixTimeMilliseconds(), record.Evidence.Trim(), by.ToString(), now.ToUnixTimeMilliseconds());
    }

    /// <summary>Ends a role. Whoever has no role left has no certificate here either, and no session.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="personId">Whose.</param>
    /// <param name="role">Which.</param>
    /// <exception cref="RefusedException">UnknownObject, StateWrong (not held, or the last holder of a role that begins at initialisation only).</exception>
    public RoleEnded EndRole(Session session, string personId, string role)
    {
        ArgumentNullException.ThrowIfNull(session);
        var person = StaffStore.ById(session, personId) ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such person.", "person");
        if (!StaffStore.Roles(session, personId).Contains(role))
        {
            throw new RefusedException(RefusalCode.StateWrong, $"{person.Name} does not hold it.", "role");
        }

        if (_policy.Roles.TryGetValue(role, out var definition) && definition.AppointedBy.GetValueOrDefault(Room) == RoleDefinition.ByInitialisation && StaffStore.Holders(session, role) == 1)
        {
            throw new RefusedException(RefusalCode.StateWrong, $"{person.Name} is the last {definition.TitleEn}, and none can be appointed.", "role");
        }

        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        StaffStore.EndRole(session, personId, role, now);
        var left = StaffStore.Roles(session, personId);
        IReadOnlyList<string> voided = [];
        if (left.Count == 0)
        {
            voided = StaffStore.CertificatesInForce(session, personId);
            StaffStore.VoidCertificates(session, personId, now);
            AccountStore.EndSessionsOf(session, personId);
        }

        return new RoleEnded(personId, role, left, voided);
    }

    /// <summary>Everybody with what is on record of them; at most 1,000.</summary>
    public IReadOnlyList<StaffEntry> Register(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var now = _clock.GetUtcNow();
        return
        [
            .. StaffStore.All(session).Select(person =>
            {
                var account = AccountStore.Of(session, person.Id);
                return new StaffEntry(
                    person.Id, person.Name, [.. Member(session, person).Roles.Select(role => new SessionRole(role, _policy.Roles[role].TitleZh, _policy.Roles[role].TitleEn))],
                    person.Suspended == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(person.Suspended), Lapsed(session, person.Id, now), Fitness.OnRecord(session, _policy, Room, person.Id),
                    StaffStore.CertificatesInForce(session, person.Id), account?.UserName, account?.LockedAt is not null);
            }),
        ];
    }

    /// <summary>Suspends a person in all roles, or lifts it.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="personId">The person.</param>
    /// <param name="suspended">Whether to suspend.</param>
    /// <returns>False when there is no such person.</returns>
    public bool SetSuspended(Session session, string personId, bool suspended)
    {
        ArgumentNullException.ThrowIfNull(session);
        return StaffStore.SetSuspended(session, personId, suspended ? _clock.GetUtcNow().ToUnixTimeMilliseconds() : 0);
    }

    /// <summary>
    /// Demands that a person may deal with another member of staff: they hold the role that appoints one of the other's roles, or, for roles that come into office at initialisation, another such role
    /// (the two lines watch each other).
    /// </summary>
    /// <param name="session">A transaction.</param>
    /// <param name="actor">Who deals.</param>
    /// <param name="personId">With whom.</param>
    /// <exception cref="RefusedException">UnknownObject, SamePerson, RoleMissing.</exception>
    public StaffMember DemandLine(Session session, StaffMember actor, string personId)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(actor);
        var row = StaffStore.ById(session, personId) ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such person.", "person");
        if (row.Id == actor.PersonId)
        {
            throw new RefusedException(RefusalCode.SamePerson, "Nobody deals with themselves.", "person");
        }

        var held = StaffStore.Roles(session, row.Id).Where(_policy.Roles.ContainsKey).Select(role => _policy.Roles[role]).Where(role => role.ExistsIn(Room)).ToList();
        return held.Count == 0 || held.Any(role => role.AppointedBy[Room] is var by && (by == RoleDefinition.ByInitialisation ? actor.Roles.Any(IsFirst) : actor.Roles.Contains(by)))
            ? Member(session, row)
            : throw new RefusedException(RefusalCode.RoleMissing, $"{string.Join("、", held.Select(role => role.TitleZh))}: {string.Join("、", held.Select(role => Appointer(role)).Distinct())}.", "person");

        bool IsFirst(string role) => _policy.Roles.TryGetValue(role, out var definition) && definition.AppointedBy.GetValueOrDefault(Room) == RoleDefinition.ByInitialisation;

        string Appointer(RoleDefinition role) => role.AppointedBy[Room] is var by && _policy.Roles.TryGetValue(by, out var definition) ? $"{definition.TitleZh} ({by})" : "another of those appointed at initialisation";
    }

    /// <summary>The person of a certificate, in office at a moment: known, not suspended, the certificate in its validity and not revoked. Checked in this order.</summary>
    /// <exception cref="RefusedException">PersonUnknown, PersonSuspended, CertificateNotValid.</exception>
    /// <param name="session">A transaction.</param>
    /// <param name="certificate">The certificate.</param>
    /// <param name="now">The moment.</param>
    /// <param name="evenLapsed">Also while a condition of theirs has lapsed: to put on record what has been missing.</param>
    /// <param name="evenEnded">Also when the certificate has ended: to put ended certificates in force again.</param>
    [Clause("6.6.1.3-a")]
    [Clause("6.6.1.3-d")]
    internal StaffMember InOffice(Session session, StaffStore.CertificateRow certificate, DateTimeOffset now, bool evenLapsed = false, bool evenEnded = false)
    {
        var person = StaffStore.ById(session, certificate.PersonId) ?? throw new RefusedException(RefusalCode.PersonUnknown, "", "person");
        if (person.Suspended != 0)
        {
            throw new RefusedException(RefusalCode.PersonSuspended, person.Name, "person");
        }

        if (!evenLapsed && Lapsed(session, person.Id, now) is { Count: > 0 } lapsed)
        {
            throw new RefusedException(RefusalCode.PersonSuspended, $"{person.Name}: {string.Join("；", lapsed)}", "person");
        }

        var moment = now.ToUnixTimeMilliseconds();
        return certificate.RevokedAt is not null || moment < certificate.NotBefore || (moment >= certificate.NotAfter + 1000 && !evenEnded)
            ? throw new RefusedException(RefusalCode.CertificateNotValid, certificate.RevokedAt is null ? "Outside its validity." : "Revoked.", "person")
            : Member(session, person);
    }

    /// <summary>A person with the roles in force: those that they hold and that the policy knows in this room.</summary>
    internal StaffMember Member(Session session, StaffStore.PersonRow person) => new(
        person.Id, person.Name, [.. StaffStore.Roles(session, person.Id).Where(role => _policy.Roles.TryGetValue(role, out var definition) && definition.ExistsIn(Room))]);

    private (StaffStore.PersonRow? Person, string Name) Identify(Session session, string role, string name, SubjectPublicKeyInfo key, StaffMember? by, string? insteadOf)
    {
        if (!_policy.Roles.TryGetValue(role ?? "", out var definition) || !definition.ExistsIn(Room))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"'{Room}' has no such role.", "role");
        }

        var appointer = definition.AppointedBy[Room];
        if (appointer == RoleDefinition.ByInitialisation ? by is not null : by is null || !by.Roles.Contains(appointer))
        {
            throw new RefusedException(
                RefusalCode.RoleMissing,
                appointer == RoleDefinition.ByInitialisation ? $"{definition.TitleZh} comes into office at initialisation only." : $"{definition.TitleZh} is appointed by {_policy.Roles[appointer].TitleZh} ({appointer}).",
                "role");
        }

        var kept = PersonName.Demand(name);
        if (key.Sm2 is null)
        {
            throw new RefusedException(RefusalCode.KeyWeak, "A member of staff has an SM2 key.", "request");
        }

        var nameKey = PersonName.Key(kept);
        var byKey = StaffStore.ByKey(session, KeyDigest(key));
        var person = byKey ?? StaffStore.ByName(session, nameKey);
        if (byKey is not null && PersonName.Key(byKey.Name) != nameKey)
        {
            throw new RefusedException(RefusalCode.KeyReused, $"The key is {byKey.Name}'s.", "request");
        }

        if (person is null)
        {
            return (null, kept);
        }

        if (by is not null && person.Id == by.PersonId)
        {
            throw new RefusedException(RefusalCode.SamePerson, "Nobody appoints themselves.", "person");
        }

        if (person.Suspended != 0)
        {
            throw new RefusedException(RefusalCode.PersonSuspended, person.Name, "person");
        }

        var held = StaffStore.Roles(session, person.Id).Where(one => one != insteadOf).ToList();
        if (held.Contains(role!))
        {
            throw new RefusedException(RefusalCode.StateWrong, $"{person.Name} is {definition.TitleZh} already.", "role");
        }

        if (held.FirstOrDefault(definition.IncompatibleWith.Contains) is { } conflict)
        {
            throw new RefusedException(RefusalCode.RolesIncompatible, $"{person.Name}: {_policy.Roles[conflict].TitleZh} / {definition.TitleZh} (6.6.1.2-d).", "role");
        }

        return (person, kept);
    }

    private static string KeyDigest(SubjectPublicKeyInfo key) => ActStatement.Digest(key.PublicKey.Span);
}
