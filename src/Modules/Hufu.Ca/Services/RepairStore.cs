using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ca.Services;

/// <summary>A row of ca_repairs.</summary>
internal sealed record RepairRow(string Id, byte[] Plan, string Digest, string State, byte[]? Result)
{
    public const string Open = "open";
    public const string Approved = "approved";
    public const string Done = "done";
    public const string Refused = "refused";

    /// <summary>The room's own new certificates are in use.</summary>
    public const int Installed = 1;

    /// <summary>They were refused here, as something else follows by now.</summary>
    public const int NotInstalled = 2;

    public string StateText => $"{State}/{Digest}";
}

/// <summary>A row of ca_repair_signatures.</summary>
internal sealed record RepairSignature(string PersonId, string Person, string Roles, long Ended)
{
    public RepairSigner Signer => new(Roles.Split(' '), Ended != 0);
}

/// <summary>What a repair has certified.</summary>
internal sealed record RepairResult(IReadOnlyList<ServiceCertified> Services, IReadOnlyList<PersonCertified> People);

/// <summary>Tables: ca_repairs, ca_repair_signatures.</summary>
internal static class RepairStore
{
    private const string Columns = "id, plan, digest, state, result";

    public static void Insert(Session session, RepairRow row, long now) => session.Execute(
        "INSERT INTO ca_repairs (id, plan, digest, state, proposed_at) VALUES (@Id, @Plan, @Digest, @State, @now)", new { row.Id, row.Plan, row.Digest, row.State, now });

    public static RepairRow? Known(Session session, string id) => session.QueryFirst<RepairRow>($"SELECT {Columns} FROM ca_repairs WHERE id = @id", new { id });

    /// <exception cref="RefusedException">UnknownObject.</exception>
    public static RepairRow Find(Session session, string id) => Known(session, id) ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such repair.", "id");

    /// <summary>The newest twenty that wait for signatures.</summary>
    public static IReadOnlyList<RepairRow> Waiting(Session session) => session.Query<RepairRow>($"SELECT {Columns} FROM ca_repairs WHERE state = 'open' ORDER BY proposed_at DESC LIMIT 20");

    /// <summary>Approved and not carried out, or carried out and not installed here; the oldest first.</summary>
    public static IReadOnlyList<RepairRow> Left(Session session) => session.Query<RepairRow>(
        $"SELECT {Columns} FROM ca_repairs WHERE state = 'approved' OR (state = 'done' AND installed = 0) ORDER BY proposed_at LIMIT 20");

    public static void SetState(Session session, string id, string state, byte[]? result = null) =>
        session.Execute("UPDATE ca_repairs SET state = @state, result = @result WHERE id = @id", new { id, state, result });

    public static void SetInstalled(Session session, string id, int installed) => session.Execute("UPDATE ca_repairs SET installed = @installed WHERE id = @id", new { id, installed });

    public static void Sign(Session session, string id, RepairSignature signature, long now) => session.Execute(
        "INSERT INTO ca_repair_signatures (repair, number, person_id, person, roles, ended, signed_at) VALUES (@id, (SELECT count(*) + 1 FROM ca_repair_signatures WHERE repair = @id), @PersonId, @Person, @Roles, @Ended, @now)",
        new { id, signature.PersonId, signature.Person, signature.Roles, signature.Ended, now });

    /// <summary>Who has signed, the proposer first.</summary>
    public static IReadOnlyList<RepairSignature> Signatures(Session session, string id) =>
        session.Query<RepairSignature>("SELECT person_id, person, roles, ended FROM ca_repair_signatures WHERE repair = @id ORDER BY number LIMIT 50", new { id });

    /// <summary>The newest certificate of a person's key and place that lives longer than this one, or null.</summary>
    public static byte[]? PersonFollowed(Session session, string spkiDigest, string room, string name, long notAfter) => session.QueryFirst<byte[]>(
        """
        SELECT c.der FROM ca_certificates c JOIN ca_staff s ON s.issuer = c.issuer AND s.serial = c.serial
        WHERE c.spki_digest = @spkiDigest AND s.room = @room AND s.name = @name AND c.not_after > @notAfter
          AND NOT EXISTS (SELECT 1 FROM ca_revocations r WHERE r.issuer = c.issuer AND r.serial = c.serial AND r.live = 1 AND r.reason <> 8)
        ORDER BY c.not_after DESC LIMIT 1
        """,
        new { spkiDigest, room, name, notAfter });
}
