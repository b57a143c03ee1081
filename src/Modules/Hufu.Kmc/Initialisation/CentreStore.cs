using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Kmc.Initialisation;

/// <summary>The key centre as it was initialised. Immutable once there, but for the storage key's generation.</summary>
/// <param name="Organisation">The operator's legal name.</param>
/// <param name="Certificate">The KM certificate, DER.</param>
/// <param name="Generation">Of the storage key for new pairs.</param>
internal sealed record Centre(string Organisation, byte[] Certificate, long Generation);

/// <summary>Tables kmc_centre, kmc_backup, kmc_certificate.</summary>
internal static class CentreStore
{
    /// <summary>Null before initialisation.</summary>
    public static Centre? Find(Session session) => session.QueryFirst<Centre>("SELECT organisation, certificate, generation FROM kmc_centre WHERE id = 1");

    /// <summary>The key centre exists.</summary>
    public static void Add(Session session, string organisation, string name, Certificate certificate, long generation, long now) => session.Execute(
        "INSERT INTO kmc_centre (id, organisation, name, certificate, generation, initialised_at) VALUES (1, @organisation, @name, @certificate, @generation, @now)",
        new { organisation, name, certificate = certificate.Encode(), generation, now });

    /// <summary>The answer that the initialisation got, if this was its request.</summary>
    /// <param name="session">A snapshot.</param>
    /// <param name="requestDigest">SM3 of the request, hex; it covers the setup code, so who knows it has the code.</param>
    /// <exception cref="RefusedException">AlreadyInitialised: by another request.</exception>
    public static KmcInitialised? Birth(Session session, string requestDigest)
    {
        var birth = session.QueryFirst<BirthRow>("SELECT request_digest, reply FROM kmc_birth WHERE id = 1");
        return birth is null || birth.RequestDigest == requestDigest
            ? birth is null ? null : JsonSerializer.Deserialize<KmcInitialised>(birth.Reply, ContractJson.Options)
            : throw new RefusedException(RefusalCode.AlreadyInitialised, "", "setupCode");
    }

    /// <summary>Keeps the initialisation's answer.</summary>
    public static void AddBirth(Session session, string requestDigest, KmcInitialised reply, long now) => session.Execute(
        "INSERT INTO kmc_birth (id, request_digest, reply, born_at) VALUES (1, @requestDigest, @reply, @now)",
        new { requestDigest, reply = JsonSerializer.SerializeToUtf8Bytes(reply, ContractJson.Options), now });

    /// <summary>Keeps a backup.</summary>
    public static void AddBackup(Session session, byte[] backup, long now) => session.Execute("INSERT INTO kmc_backup (made_at, backup) VALUES (@now, @backup)", new { now, backup });

    /// <summary>Another storage key is in use from now on.</summary>
    public static void SetGeneration(Session session, long generation) => session.Execute("UPDATE kmc_centre SET generation = @generation WHERE id = 1", new { generation });

    /// <summary>Deletes every backup but the latest: they hold a storage key that has been destroyed.</summary>
    public static void DeleteOldBackups(Session session) => session.Execute("DELETE FROM kmc_backup WHERE number < (SELECT MAX(number) FROM kmc_backup)");

    /// <summary>The certificates of a profile, DER.</summary>
    public static IReadOnlyList<byte[]> Certificates(Session session, string profile) =>
        session.Query<byte[]>("SELECT certificate FROM kmc_certificate WHERE profile = @profile AND certificate IS NOT NULL LIMIT 1000", new { profile });

    /// <summary>The latest backup; null before initialisation.</summary>
    public static byte[]? Backup(Session session) => session.QueryFirst<byte[]>("SELECT backup FROM kmc_backup ORDER BY number DESC LIMIT 1");

    /// <summary>Reserves a serial, in a transaction that ends before it is signed with.</summary>
    public static void Reserve(Session session, SerialNumber serial, string profile, string subject, long now) => session.Execute(
        "INSERT INTO kmc_certificate (serial, profile, subject, reserved_at) VALUES (@serial, @profile, @subject, @now)", new { serial = serial.ToString(), profile, subject, now });

    /// <summary>Keeps a certificate under its reserved serial.</summary>
    public static void Keep(Session session, Certificate certificate) => session.Execute(
        "UPDATE kmc_certificate SET certificate = @der WHERE serial = @serial", new { serial = certificate.SerialHex, der = certificate.Encode() });

    private sealed record BirthRow(string RequestDigest, byte[] Reply);
}
