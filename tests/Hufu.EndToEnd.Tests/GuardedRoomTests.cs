using System.Diagnostics;
using System.Net;
using System.Text;
using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests;

/// <summary>A CA whose device a ceremony made: <c>hufu up</c> starts it locked, its operator's token activates it, power loss shuts it, and what a later ceremony archives never works again (6.6.2.2).</summary>
public sealed class GuardedRoomTests
{
    private const string Pin = "12345678a";
    private static readonly string[] s_people = ["leader", "key-manager", "operator", "holder-1", "holder-2", "holder-3", "holder-4", "holder-5", "witness"];
    private static readonly string[] s_names = ["陈主持", "林密管", "吴操作", "甲持有", "乙持有", "丙持有", "丁持有", "戊持有", "周见证"];

    [Fact]
    public async Task A_guarded_CA_waits_for_its_operator_and_loses_its_keys_with_its_power()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        using Workplace work = new();
        (await Command.RunAsync(Tree.At("hufu"), ["--version"])).Succeeded(); // builds if it has to
        string script = await ScriptAsync(work);
        await PlayAsync(work, "room.yaml", script);
        string data = work.At("d"), guarded = Path.Combine(data, "ca", "guarded");
        Directory.CreateDirectory(Path.Combine(data, "ca"));
        (await Command.RunAsync("cp", ["-r", work.At("devices/room"), guarded])).Succeeded();
        await File.WriteAllTextAsync(Path.Combine(data, "hufu.json"), """{ "devices": { "ca": {} } }""", stop);
        await File.WriteAllTextAsync(work.At("pin"), Pin + "\n", stop);

        await using (Server server = await Server.StartAsync(["up", "--port", "0"], work.Folder, data))
        {
            using HttpClient http = new() { BaseAddress = server.Address };
            await HealthAsync(http, HttpStatusCode.ServiceUnavailable, stop);
            using HttpResponseMessage refused = await http.PostAsync("api/ca/crls", Json("{}"), stop);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("device-unavailable", await refused.Content.ReadAsStringAsync(stop), StringComparison.Ordinal);
            using HttpResponseMessage beside = await http.PostAsync("api/ra/identity/requests", Json("{}"), stop);
            Assert.NotEqual(HttpStatusCode.ServiceUnavailable, beside.StatusCode);

            Assert.Equal(1, (await Hufu(work, data, "activate", "ca", "--token", work.At("tokens/holder-1"), "--pin-file", work.At("pin"))).ExitCode);
            (await Hufu(work, data, "activate", "ca", "--token", work.At("tokens/operator"), "--pin-file", work.At("pin"))).Succeeded();
            Assert.Contains("active", (await Hufu(work, data, "activate")).Succeeded().Output, StringComparison.Ordinal);
            await HealthAsync(http, HttpStatusCode.OK, stop);
            using HttpResponseMessage heard = await http.PostAsync("api/ca/crls", Json("{}"), stop);
            Assert.Equal(HttpStatusCode.BadRequest, heard.StatusCode);

            (await Hufu(work, data, "deactivate", "ca", "--token", work.At("tokens/operator"), "--pin-file", work.At("pin"))).Succeeded();
            await HealthAsync(http, HttpStatusCode.ServiceUnavailable, stop);
            (await Hufu(work, data, "activate", "ca", "--token", work.At("tokens/operator"), "--pin-file", work.At("pin"))).Succeeded();
            Process.Start("kill", ["-KILL", $"{server.ProcessId}"])!.WaitForExit();
        }

        // Power came back: nothing of the activation is left. Meanwhile a ceremony archived one of the keys; the platform's copy knows nothing of it until the transcript is taken in.
        await PlayAsync(work, "end.yaml", script[..script.IndexOf("steps:", StringComparison.Ordinal)] + $$"""
            steps:
              - { do: presence }
              - { do: archive, device: room-device, key: root, certificate: {{work.At("room/root.cer")}}, holders: [holder-1, holder-2, holder-3] }

            """);
        await using (Server server = await Server.StartAsync(["up", "--port", "0"], work.Folder, data))
        {
            using HttpClient http = new() { BaseAddress = server.Address };
            await HealthAsync(http, HttpStatusCode.ServiceUnavailable, stop);
            Outcome taken = (await Hufu(work, data, "ceremony", "take-in", work.At("end"))).Succeeded();
            Assert.Contains("closed for ever", taken.Output, StringComparison.Ordinal);
            (await Hufu(work, data, "activate", "ca", "--token", work.At("tokens/operator"), "--pin-file", work.At("pin"))).Succeeded();
        }

        (await Hufu(work, data, "audit", "verify", Path.Combine(data, "ca", "audit"))).Succeeded();
        string records = await File.ReadAllTextAsync(Path.Combine(data, "ca", "audit", "records.jsonl"), stop);
        Assert.Equal(3, records.Split("\"act\":\"device.activate\",\"object\":\"device/ca\",\"outcome\":\"done\"").Length - 1);
        Assert.Equal(1, records.Split("\"act\":\"device.deactivate\"").Length - 1);
        Assert.Contains("\"act\":\"device.key.archive\",\"object\":\"key/root\"", records, StringComparison.Ordinal);
        Assert.Contains("\"act\":\"ceremony.transcript.taken\"", records, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(data, "ca", "device.pin")));
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static Task<Outcome> Hufu(Workplace work, string data, params string[] arguments) => Command.RunAsync(Tree.At("hufu"), [.. arguments], work.Folder, new Dictionary<string, string> { ["HUFU_DATA"] = data });

    // A room's checks may need a moment after its device changed; a minute at most.
    private static async Task HealthAsync(HttpClient http, HttpStatusCode wanted, CancellationToken stop)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            using HttpResponseMessage answer = await http.GetAsync("health", stop);
            if (answer.StatusCode == wanted)
            {
                return;
            }

            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"health was still {answer.StatusCode}: {await answer.Content.ReadAsStringAsync(stop)}");
            await Task.Delay(100, stop);
        }
    }

    /// <summary>The shipped script with people's tokens and one more key.</summary>
    private static async Task<string> ScriptAsync(Workplace work)
    {
        string script = await File.ReadAllTextAsync(Tree.At("policy", "ceremonies", "room-device.yaml"), TestContext.Current.CancellationToken);
        foreach ((string person, string name) in s_people.Zip(s_names))
        {
            Outcome made = (await Command.RunAsync(Tree.At("hufu"), ["ceremony", "person", person, "--token", work.At($"tokens/{person}"), "--organisation", "测试"], work.Folder, input: $"{Pin}\n{Pin}\n")).Succeeded();
            string digest = made.Output[(made.Output.IndexOf("certificate: ", StringComparison.Ordinal) + 13)..][..64];
            script = script.Replace($"token: tokens/{person}, certificate: fill-in", $"token: {work.At($"tokens/{person}")}, certificate: {digest}", StringComparison.Ordinal).Replace(name, person, StringComparison.Ordinal);
        }

        script = script.Replace("folder: devices/room", $"folder: {work.At("devices/room")}", StringComparison.Ordinal);
        return script.Replace("  - { do: deactivate, device: room-device }", "  - { do: generate, device: room-device, key: root }\n  - { do: self-sign, device: room-device, key: root, profile: root-ca, fields: { organisation: 测试, authorityName: 测试根 }, to: root.cer }\n  - { do: deactivate, device: room-device }", StringComparison.Ordinal);
    }

    private static async Task PlayAsync(Workplace work, string name, string script)
    {
        string folder = work.At(Path.GetFileNameWithoutExtension(name));
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, name), script, TestContext.Current.CancellationToken);
        string pins = string.Concat(Enumerable.Repeat(Pin + "\n", 300));
        (await Command.RunAsync(Tree.At("hufu"), ["ceremony", "run", Path.Combine(folder, name), "--yes"], work.Folder, input: pins)).Succeeded();
    }
}
