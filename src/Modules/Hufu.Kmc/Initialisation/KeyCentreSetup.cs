using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Hosting;
using Hufu.Kmc.Stores;
using Hufu.Messaging;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Kmc.Initialisation;

// The order of GM/T 0038, in one call:
//   1 the setup code, the people and their requests are in order
//   2 the KM organisation's key is made in the device, the storage key too
//   3 the device is backed up, the backup's key split among the share holders
//   4 the KM certificate; the key centre's service certificates
//   5 super administrator and audit administrator; the share holders' certificates
//   6 everything is put on record in one transaction that consumes the setup code
// Business administrators, operators and auditors follow by signed acts (StaffDesk).

/// <summary>Starts the key centre from nothing: <c>POST /api/kmc/initialise</c>.</summary>
internal sealed class KeyCentreSetup(RoomContext context, Func<IEscrowDevice> escrow, CeremonyDesk ceremony) : IDisposable
{
    private const long FirstGeneration = 1;

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Initialises. The same request again gets the same answer, so that no share is lost with a connection; any other is refused once it is done.</summary>
    /// <exception cref="RefusedException">SetupCodeWrong, AlreadyInitialised, FieldInvalid, SamePerson, PossessionNotProven, KeyReused, NameTooLong …</exception>
    [Clause("6.2.8-a"), Clause("6.6.2.2-a")]
    public async Task<KmcInitialised> RunAsync(KmcInitialisation initialisation, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            return await InitialiseAsync(initialisation, ct);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<KmcInitialised> InitialiseAsync(KmcInitialisation initialisation, CancellationToken ct)
    {
        var digest = ActStatement.Digest(JsonSerializer.SerializeToUtf8Bytes(initialisation, ContractJson.Options));
        if (await context.Database.ReadAsync(session => CentreStore.Birth(session, digest), ct) is { } born)
        {
            await CompleteAsync();
            return born;
        }

        // 1
        await context.Database.ReadAsync(
            session =>
            {
                context.SetupCode.Demand(session, initialisation.SetupCode);
                return true;
            },
            ct);
        var people = People.Read(initialisation, context.Policy);
        var device = context.Identity.Device;

        // 2, also what an interrupted attempt has left
        if (!device.Contains(KmIssuer.KeyLabel))
        {
            device.GenerateKeyPair(KmIssuer.KeyLabel, KeyUse.Signing);
        }

        var storageKey = PairMetadata.StorageKeyLabel(FirstGeneration);
        if (!escrow().Contains(storageKey))
        {
            escrow().GenerateStorageKey(storageKey);
        }

        // 3
        var values = context.Policy.Values;
        var backup = device.SplitBackup(values.KeyShares, values.KeyShareThreshold, [.. people.ShareHolders.Select(holder => holder.Request.PublicKey.RequireSm2())]);

        // 4
        var issuer = new KmIssuer(context.Policy, device.GetSigner(KmIssuer.KeyLabel), context.Clock);
        var km = issuer.SelfSign(initialisation.Organisation, initialisation.Name, SerialNumber.Create());
        Certificate Service(string profile, string label) => issuer.Issue(
            km, profile, new Dictionary<string, string> { ["organisation"] = initialisation.Organisation, ["serviceName"] = initialisation.Name }, device.PublicKeyOf(label), SerialNumber.Create());
        var signing = Service("room-sign", RoomIdentity.SigningLabel);
        var encryption = Service("room-encrypt", RoomIdentity.EncryptionLabel);
        var audit = Service("room-audit", RoomIdentity.AuditLabel);

        // 5
        foreach (var person in people.All)
        {
            person.Certificate = issuer.Issue(
                km, KmStaffCertifier.ProfileOf(person.Role), KmStaffCertifier.Fields(initialisation.Organisation, context.Policy, person.Role, person.Name), person.Request.PublicKey,
                SerialNumber.Create());
        }

        // 6
        var initialised = await context.Database.WriteAsync(
            session => Record(session, initialisation, digest, people, backup, km, signing, encryption, audit), CancellationToken.None);
        await CompleteAsync();
        return initialised;
    }

    /// <summary>The ledger's certificate is put on record after everything else is; when the process has ended in between, at the next start or when the request is repeated.</summary>
    public async Task CompleteAsync()
    {
        var audit = context.Identity.AuditCertificate?.Encode();
        var known = Path.Combine(context.DataDirectory, "audit", "head-signer.cer");
        if (audit is not null && !(File.Exists(known) && (await File.ReadAllBytesAsync(known)).AsSpan().SequenceEqual(audit)))
        {
            await context.Ledger.InstallCertificateAsync(audit, CancellationToken.None);
        }
    }

    private KmcInitialised Record(
        Session session, KmcInitialisation initialisation, string digest, People people, BackupSet backup, Certificate km, Certificate signing, Certificate encryption, Certificate audit)
    {
        context.SetupCode.Demand(session, initialisation.SetupCode);
        var now = context.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var appointed = people.All.Select(person => new Appointed(
            context.Staff.Enrol(session, person.Role, person.Name, person.Certificate!.Encode(), null, null).PersonId, person.Role, person.Certificate.Encode())).ToList();
        var holders = appointed[2..];
        for (var i = 0; i < holders.Count; i++)
        {
            ceremony.RecordHolder(session, backup.Shares[i].Number, holders[i].PersonId);
        }

        foreach (var (certificate, profile) in new[] { (km, "km-root"), (signing, "room-sign"), (encryption, "room-encrypt"), (audit, "room-audit") }
            .Concat(people.All.Select(person => (person.Certificate!, KmStaffCertifier.ProfileOf(person.Role)))))
        {
            CentreStore.Reserve(session, certificate.SerialNumber, profile, certificate.Subject.ToString(), now);
            CentreStore.Keep(session, certificate);
        }

        CentreStore.Add(session, initialisation.Organisation, initialisation.Name, km, FirstGeneration, now);
        CentreStore.AddBackup(session, backup.EncryptedBackup, now);
        var values = context.Policy.Values;
        var present = string.Join("、", people.All.Select(person => person.Name));
        ceremony.Note(session, "在密码设备内生成密钥管理机构密钥和密钥库加密密钥", present, Digest(km.PublicKey.RawData.Span));
        ceremony.Note(
            session, $"备份密码设备，备份密钥分为 {values.KeyShares} 份，任意 {values.KeyShareThreshold} 份可恢复，交与：{string.Join("、", people.ShareHolders.Select(holder => holder.Name))}", present,
            Digest(backup.EncryptedBackup));
        ceremony.Note(session, $"签发密钥管理机构证书：{km.Subject}", present, Digest(km.RawData.Span));
        ceremony.Note(session, "签发密钥管理中心的签名、加密、审计证书", present, Digest(signing.RawData.Span));
        ceremony.Note(session, $"产生超级管理员 {people.SuperAdministrator.Name} 和审计管理员 {people.AuditAdministrator.Name}", present, Digest(people.SuperAdministrator.Certificate!.RawData.Span));
        context.Ledger.Append(session, new LedgerRecord
        {
            Actor = "setup",
            Act = "kmc.initialise",
            Object = "room/kmc",
            Outcome = LedgerOutcome.Done,
            Detail = new JsonObject
            {
                ["certificate"] = Digest(km.RawData.Span),
                ["backup"] = Digest(backup.EncryptedBackup),
                ["pairDevice"] = escrow().Description,
                ["people"] = new JsonArray([.. appointed.Select(person => JsonValue.Create($"{person.Role} {person.PersonId}"))]),
            },
        });
        context.SetupCode.Consume(session);
        var reply = new KmcInitialised(
            km.Encode(), new PeerInfo(context.Name, signing.Encode(), encryption.Encode()), appointed[0], appointed[1], holders,
            [.. backup.Shares.Select((share, i) => new ShareDelivery(people.ShareHolders[i].Name, share.Number, share.EnvelopedShare))], CeremonyDesk.Steps(session));
        CentreStore.AddBirth(session, digest, reply, now);

        // Last, and in one step on disk: if the commit fails after it, the code still opens and the next attempt installs anew.
        context.Identity.Install(signing, encryption, audit, [km], context.Clock.GetUtcNow());
        return reply;
    }

    private static string Digest(ReadOnlySpan<byte> bytes) => ActStatement.Digest(bytes);
}
