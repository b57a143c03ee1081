using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>What GM/T 0038 has tested (shared/rules.md) and the other classes do not show: signing in by token and PIN, records and their audit, renewal with the history of keys, statistics.</summary>
public sealed class Gmt0038Tests
{
    private const string Pin = "operator-pin-1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gmt0038_an_operator_acts_with_certificate_and_PIN_and_not_after_the_token_is_pulled()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        using var folder = new TempFolder();
        using var token = SoftToken.Create(folder["token"], "操作员令牌", Pin, DeviceOptions.ForTests);
        token.VerifyPin(Pin);
        token.GenerateSigningPair("sign");
        var request = new PersonRequest("吴操作", CertificationRequest.Create(TestAuthority.Name("吴操作"), token.GetSigner("sign")).Encode());
        var appointed = await place.DoAsync<Appointment, Appointed>("/staff", staff.Business, ActNames.StaffAppoint, $"role/{Roles.Operator}", new Appointment(Roles.Operator, request));
        token.Logout();

        // A wrong PIN opens nothing; the right one does, for as long as the token is there.
        Assert.Equal(DeviceError.PinIncorrect, Assert.Throws<DeviceException>(() => token.VerifyPin("operator-pin-2")).Error);
        Assert.Equal(DeviceError.PinNotVerified, Assert.Throws<DeviceException>(() => Refill(10)).Error);
        token.VerifyPin(Pin);
        var act = Refill(10);
        var before = (await place.Site.Client.GetFromJsonAsync<KeyStores>("/api/kmc/stores", ContractJson.Options, Cancel))!;
        var after = await place.Site.PostAsync<ActRequest, KeyStores>("/api/kmc/refills", act);
        Assert.True(after.Spare >= before.Spare);

        // Pulled: the next operation is not signed, and the last one is not taken twice.
        token.Logout();
        Assert.Equal(DeviceError.PinNotVerified, Assert.Throws<DeviceException>(() => Refill(10)).Error);
        Assert.Equal("statement-replayed", await place.Site.RefusedAsync("/api/kmc/refills", act));

        // Whoever has another certificate, or none of this room, is refused.
        using var stranger = new TestPerson("陌生人") { Certificate = staff.Auditor.Certificate };
        Assert.Equal("signature-invalid", await place.Site.RefusedAsync("/api/kmc/refills", place.Act(stranger, ActNames.KmcRefill, "store/spare", new KeyRefill(1))));
        Assert.Equal("role-missing", await place.Site.RefusedAsync("/api/kmc/refills", place.Act(staff.Auditor, ActNames.KmcRefill, "store/spare", new KeyRefill(1))));

        ActRequest Refill(int pairs)
        {
            var payload = JsonSerializer.Serialize(new KeyRefill(pairs), ContractJson.Options);
            var statement = ActStatement.Create(Rooms.Kmc, ActNames.KmcRefill, "store/spare", "-", Encoding.UTF8.GetBytes(payload), appointed.Certificate, place.Now);
            return new ActRequest(SignedAct.Sign(statement, token.GetSigner("sign")), JsonDocument.Parse(payload).RootElement.Clone());
        }
    }

    [Fact]
    public async Task Gmt0038_every_operation_is_on_record_signed_by_its_operator_and_found_by_time_operator_type_and_result()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        var began = place.Now;
        place.Room.Clock.Advance(TimeSpan.FromMinutes(1));
        await place.DoAsync<KeyRefill, KeyStores>("/refills", staff.Operator, ActNames.KmcRefill, "store/spare", new KeyRefill(3));
        Assert.Equal("role-missing", await place.RefusedAsync("/refills", staff.Business, ActNames.KmcRefill, "store/spare", new KeyRefill(3)));
        place.Room.Clock.Advance(TimeSpan.FromMinutes(1));
        var ledger = place.Room.Context.Ledger;

        // Any combination of time, operator, type and result.
        var done = Assert.Single(await ledger.SearchAsync(new LedgerFilter { From = began, Until = place.Now, Act = ActNames.KmcRefill, Outcome = LedgerOutcome.Done }, Cancel));
        var refused = Assert.Single(await ledger.SearchAsync(new LedgerFilter { Act = ActNames.KmcRefill, Outcome = LedgerOutcome.Refused }, Cancel));
        Assert.NotEqual(done.Actor, refused.Actor);
        Assert.Equal(done.Sequence, Assert.Single(await ledger.SearchAsync(new LedgerFilter { Actor = done.Actor, Act = ActNames.KmcRefill }, Cancel)).Sequence);
        Assert.Empty(await ledger.SearchAsync(new LedgerFilter { Actor = done.Actor, Act = ActNames.KmcRefill, Until = began }, Cancel));
        Assert.Empty(await ledger.SearchAsync(new LedgerFilter { Actor = done.Actor, Act = ActNames.KmcRefill, Outcome = LedgerOutcome.Refused }, Cancel));

        // Signed by the operator's own certificate, without the operator doing anything extra; whoever has the files verifies every one, and a change shows.
        using var record = JsonDocument.Parse(done.Line);
        Assert.True(staff.Operator.Certificate!.PublicKey.Verify(
            AlgorithmIdentifier.Sm2WithSm3, Encoding.UTF8.GetBytes(record.RootElement.GetProperty("statement").GetString()!), record.RootElement.GetProperty("signature").GetBytesFromBase64()));
        await ledger.SignHeadAsync(Cancel);
        var audit = Path.Combine(place.Room.Context.DataDirectory, "audit");
        var report = LedgerVerifier.Verify(audit, since: null);
        Assert.True(report.ExitCode == 0, string.Join('\n', report.Findings));
        Assert.True(Assert.Single(report.Ledgers).Acts >= 4);
        using var copy = new TempFolder();
        foreach (var file in Directory.EnumerateFiles(audit))
        {
            File.Copy(file, copy[Path.GetFileName(file)]);
        }

        var records = copy["records.jsonl"];
        await File.WriteAllTextAsync(records, (await File.ReadAllTextAsync(records, Cancel)).Replace("\"kmc.keys.refill\"", "\"kmc.keys.refilm\"", StringComparison.Ordinal), Cancel);
        Assert.NotEqual(0, LedgerVerifier.Verify(copy.Path, since: null).ExitCode);
    }

    [Fact]
    [Clause("6.2.8-a")]
    public async Task Gmt0038_renewal_brings_the_new_pair_and_the_history_of_old_keys_in_one_message()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        await using var ca = await place.CaBesideAsync();
        using var holder = Sm2KeyPair.Generate();
        SerialNumber[] numbers = [SerialNumber.Create(), SerialNumber.Create(), SerialNumber.Create()];
        var oldest = await place.GiveAsync(ca, numbers[0], holder.PublicKey);
        await place.AskAsync(ca, new RevokeKeyRequest(numbers[0]));
        var older = await place.GiveAsync(ca, numbers[1], holder.PublicKey);

        var results = await place.AskAsync(ca, place.Apply(numbers[2], holder.PublicKey), TestCa.Restore(numbers[1], holder.PublicKey), TestCa.Restore(numbers[0], holder.PublicKey));

        var fresh = Assert.IsType<ApplyKeyResult>(results[0]).Key;
        Assert.NotEqual(older.PublicKey, fresh.PublicKey);
        foreach (var (result, before) in new[] { (results[1], older), (results[2], oldest) })
        {
            using var opened = Assert.IsType<RestoreKeyResult>(result).Key.ToEnvelopedKey().Open(holder);
            Assert.Equal(before.PublicKey.Sm2, opened.PublicKey);
        }

        Assert.IsType<RevokeKeyResult>(Assert.Single(await place.AskAsync(ca, new RevokeKeyRequest(numbers[1]))));
        using var first = fresh.ToEnvelopedKey().Open(holder);
        Assert.Equal(fresh.PublicKey.Sm2, first.PublicKey);

        // With another signing key the new pair is given, the history only after two people of the key centre have released it (6.2.8-b).
        using var renewed = Sm2KeyPair.Generate();
        var next = await place.AskAsync(ca, place.Apply(SerialNumber.Create(), renewed.PublicKey), TestCa.Restore(numbers[2], renewed.PublicKey));
        Assert.IsType<ApplyKeyResult>(next[0]);
        Assert.Contains("6.2.8-b", Assert.IsType<ErrorResult>(next[1]).Description, StringComparison.Ordinal);
        var stores = (await place.Site.Client.GetFromJsonAsync<KeyStores>("/api/kmc/stores", ContractJson.Options, Cancel))!;
        Assert.Equal((2, 2), (stores.InUse, stores.History));
    }

    [Fact]
    public async Task Gmt0038_the_refill_of_the_spare_store_is_seen_while_it_runs()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await place.WaitForSparesAsync();
        await place.DoAsync<KeyRefill, KeyStores>("/refills", staff.Operator, ActNames.KmcRefill, "store/spare", new KeyRefill(7));
        var progress = (await place.Site.Client.GetFromJsonAsync<RefillProgress>("/api/kmc/refills", ContractJson.Options, Cancel))!;
        Assert.Equal((7, 7, false), (progress.Wanted, progress.Made, progress.Running));
        Assert.Equal(place.Room.Context.Policy.Values.SpareKeysLow, progress.Low);
        Assert.Equal(place.Room.Context.Policy.Values.SpareKeysFull, progress.Full);
        Assert.True(progress.Spare >= progress.Low);
    }

    [Fact]
    [Clause("6.2.8-a")]
    public async Task R16_a_certificate_number_whose_pair_was_destroyed_gets_no_other()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 2);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var number = SerialNumber.Create();
        await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey)));
        await centre.AskAsync(ca, ca.Ask(new RevokeKeyRequest(number)));
        await centre.Database.WriteAsync(session => Hufu.Kmc.Retention.RetentionRules.Destroy(session, [1], "test", 0), Cancel);
        var answer = await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey)));
        Assert.Contains("destroyed", Assert.IsType<ErrorResult>(Assert.Single(answer.Results)).Description, StringComparison.Ordinal);
        Assert.Equal((1, 0, 0), await centre.CountAsync());
    }

    [Fact]
    public async Task R16_every_key_made_here_is_known_again_after_a_restart_also_those_of_before_the_index()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 3);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var number = SerialNumber.Create();
        var given = Assert.IsType<ApplyKeyResult>(Assert.Single((await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey)))).Results)).Key;

        // As the database of an earlier version: pairs and no index.
        await centre.Database.WriteAsync(
            session =>
            {
                session.Execute("DELETE FROM kmc_made");
                session.Execute("DELETE FROM kmc_holder");
                session.Execute("DELETE FROM kmc_indexed");
            },
            Cancel);
        await Hufu.Kmc.Stores.HolderIndex.CompleteAsync(centre.Database, 1, Cancel);
        var known = new Hufu.Kmc.Stores.EscrowedKeys();
        var spare = await centre.Database.ReadAsync(session => Hufu.Kmc.Stores.PairStores.Spares(session, 0, 10), Cancel);
        Assert.Equal(2, spare.Count);
        await centre.Database.ReadAsync(
            session =>
            {
                known.Catch(session);
                Assert.All(spare, pair => Assert.True(known.Contains(pair.PublicKey)));
                Assert.True(known.Contains(given.PublicKey.Sm2!.Encode()));
                Assert.False(known.Contains(holder.PublicKey.Sm2!.Encode()));
                Assert.Equal(given.PublicKey.Sm2.Encode(), Hufu.Kmc.Stores.PairStores.Find(session, "ca", number.ToString())!.PublicKey);
                Assert.Null(Hufu.Kmc.Stores.PairStores.Find(session, "other", number.ToString()));
                return true;
            },
            Cancel);
    }
}
