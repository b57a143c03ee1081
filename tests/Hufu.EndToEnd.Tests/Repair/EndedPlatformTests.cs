using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.EndToEnd.Tests.Running;
using Hufu.Pki;
using Microsoft.Data.Sqlite;

namespace Hufu.EndToEnd.Tests.Repair;

/// <summary>
/// R18 with certificates that have really ended: a platform is set up under a policy whose rooms and people live for a minute and a half, goes off past their end, and comes into force again by <c>hufu repair</c>
/// under the policy as shipped; the registration authority meanwhile on a machine of its own, so that what it needs and what was certified for it go as files.
/// </summary>
public sealed class EndedPlatformTests(ITestOutputHelper output) : IDisposable
{
    // The first is for every machine that plays the demo in less; one that cannot takes the next.
    private static readonly TimeSpan[] s_lives = [TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(15)];
    private static readonly string[] s_short = ["administrator", "share-holder", "room-sign", "room-encrypt", "room-ocsp", "room-tsa"];

    private readonly Workplace _work = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    [Clause("6.2.6.1-a")]
    [Clause("6.6.2.6-e")]
    public async Task R18_A_platform_whose_certificates_have_ended_is_brought_back_by_its_people()
    {
        string data = _work.At("data"), elsewhere = _work.At("elsewhere");
        (await Command.RunAsync(Tree.At("hufu"), ["--version"])).Succeeded(); // builds if it has to
        bool played = false;
        foreach (TimeSpan life in s_lives)
        {
            played = played || await PlayedAsync(data, life);
        }

        Assert.True(played, $"The demo took longer than {s_lives[^1]}.");
        await EndedAsync(data);

        // The policy as shipped, so that what is certified now lasts; the registration authority on a machine of its own.
        File.Delete(Path.Combine(data, "hufu.json"));
        Directory.CreateDirectory(elsewhere);
        Directory.Move(Path.Combine(data, "ra"), Path.Combine(elsewhere, "ra"));
        await using (await Server.StartAsync(["up", "--data", data, "--port", "0"], _work.Folder, data))
        await using (await Server.StartAsync(["up", "--data", elsewhere, "--port", "0"], _work.Folder, elsewhere))
        {
            string script = await File.ReadAllTextAsync(Tree.At("tests", "Hufu.EndToEnd.Tests", "scripts", "live", "ended.txt"), Ct);
            await new ScriptRunner(_work, ("OUT", _work.At("out")), ("CA", data), ("RA", elsewhere)).RunAsync(ScriptFile.Parse(script));
        }

        // Together again: the registration authority's people act under their new certificates, and its orders are believed.
        Directory.Delete(Path.Combine(data, "ra"), recursive: true);
        Directory.Move(Path.Combine(elsewhere, "ra"), Path.Combine(data, "ra"));
        await using Server whole = await Server.StartAsync(["up", "--data", data, "--port", "0"], _work.Folder, data);
        Appointed appointed = await AppointAsync(whole.Address);
        Assert.True(Certificate.Decode(appointed.Certificate).NotAfter > TimeProvider.System.GetUtcNow().AddDays(300));
    }

    // False where the certificates' life was over before the story was: then nothing is learnt from it.
    private async Task<bool> PlayedAsync(string data, TimeSpan life)
    {
        if (Directory.Exists(data))
        {
            Directory.Delete(data, recursive: true);
        }

        string policy = _work.At($"policy-{life.TotalSeconds}");
        await ShortenAsync(policy, life);
        Directory.CreateDirectory(data);
        await File.WriteAllTextAsync(Path.Combine(data, "hufu.json"), JsonSerializer.Serialize(new { policyDirectory = policy }), Ct);
        Stopwatch watch = Stopwatch.StartNew();
        await using Server server = await Server.StartAsync(["up", "--data", data, "--port", "0"], _work.Folder, data);
        Outcome story = await Command.RunAsync(Tree.At("hufu"), ["demo", "--at", server.Address.ToString(), "--data", data, "--out", _work.At("out")], _work.Folder, limit: life + TimeSpan.FromMinutes(3));
        output.WriteLine($"The demo took {watch.Elapsed.TotalSeconds:0} s of {life.TotalSeconds:0} s.");
        if (watch.Elapsed >= life)
        {
            return false;
        }

        story.Succeeded();
        return true;
    }

    private static async Task ShortenAsync(string policy, TimeSpan life)
    {
        string shipped = Tree.At("policy");
        foreach (string file in Directory.EnumerateFiles(shipped, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(policy, Path.GetRelativePath(shipped, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        foreach (string profile in s_short)
        {
            await ChangeAsync(Path.Combine(policy, "profiles", profile + ".yaml"), "^life: .*$", $"life: PT{life.TotalSeconds}S");
        }

        // What lives so shortly does not renew itself meanwhile.
        await ChangeAsync(Path.Combine(policy, "values.yaml"), "^(service-renewal-opens-before: \\{.* value: )P60D", "${1}PT1S");
    }

    private static async Task ChangeAsync(string file, string pattern, string with)
    {
        string text = await File.ReadAllTextAsync(file, Ct);
        Assert.Single(Regex.Matches(text, pattern, RegexOptions.Multiline));
        await File.WriteAllTextAsync(file, Regex.Replace(text, pattern, with, RegexOptions.Multiline), Ct);
    }

    // Until the last of them has ended by this machine's clock, which is the rooms'.
    private static async Task EndedAsync(string data)
    {
        DateTimeOffset end;
        await using (SqliteConnection database = new($"Data Source={Path.Combine(data, "ca", "ca.db")};Mode=ReadOnly;Pooling=False"))
        {
            await database.OpenAsync(Ct);
            await using SqliteCommand command = database.CreateCommand();
            command.CommandText = $"SELECT max(not_after) FROM ca_certificates WHERE profile IN ('{string.Join("', '", s_short)}')";
            end = DateTimeOffset.FromUnixTimeMilliseconds((long)(await command.ExecuteScalarAsync(Ct))!);
        }

        while (TimeProvider.System.GetUtcNow() <= end.AddSeconds(1))
        {
            Assert.True(end - TimeProvider.System.GetUtcNow() < s_lives[^1], "It ends later than its life allows.");
            await Task.Delay(TimeSpan.FromMilliseconds(500), Ct);
        }
    }

    private async Task<Appointed> AppointAsync(Uri platform)
    {
        string folder = Directory.EnumerateDirectories(_work.At(Path.Combine("out", "tokens")), "*-ra-business-administrator").Single();
        using SoftToken token = SoftToken.Open(folder);
        token.VerifyPin("pin-" + Path.GetFileName(folder));
        using Sm2KeyPair pair = Sm2KeyPair.Generate();
        byte[] request = CertificationRequest.Create(DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "邓审核")), pair).Encode();
        JsonElement payload = JsonSerializer.SerializeToElement(new Appointment(Roles.Vetter, new PersonRequest("邓审核", request)), ContractJson.Options);
        ActStatement statement = ActStatement.Create(
            Rooms.Ra, ActNames.StaffAppoint, $"role/{Roles.Vetter}", "-", Encoding.UTF8.GetBytes(payload.GetRawText()), token.ExportCertificate("staff", KeyUse.Signing).RawData.Span, TimeProvider.System.GetUtcNow());
        using HttpClient http = new() { BaseAddress = platform, Timeout = TimeSpan.FromMinutes(2) };
        using HttpResponseMessage answer = await http.PostAsJsonAsync("/api/ra/staff", new ActRequest(SignedAct.Sign(statement, token.GetSigner("staff")), payload), ContractJson.Options, Ct);
        string text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<Appointed>(text, ContractJson.Options)!;
    }
}
