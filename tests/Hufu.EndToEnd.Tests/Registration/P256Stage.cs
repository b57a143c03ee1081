using System.Diagnostics;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests.Registration;

/// <summary>The same platform with a P-256 hierarchy beside its own: the keys in a SoftHSM 2 token, made by the deed of two people, and one type of certificate set for it.</summary>
public sealed class P256Stage : TypeStage
{
    internal const string Type = "code-signing";
    private const string Library = "/usr/lib/softhsm/libsofthsm2.so", Pin = "246810";

    private protected override IReadOnlyDictionary<string, string> Environment(Workplace work) => new Dictionary<string, string> { ["SOFTHSM2_CONF"] = work.At("softhsm2.conf") };

    private protected override async Task<string> MoreSettingsAsync(Workplace work)
    {
        Assert.True(File.Exists(Library), "softhsm2 is installed by ./test");
        Directory.CreateDirectory(work.At("hsm"));
        await File.WriteAllTextAsync(work.At("softhsm2.conf"), $"directories.tokendir = {work.At("hsm")}\nobjectstore.backend = file\nlog.level = ERROR\n");
        await File.WriteAllTextAsync(work.At("hsm-pin"), Pin + "\n");
        (await Command.RunAsync("chmod", ["600", work.At("hsm-pin")], work.Folder)).Succeeded();
        (await Command.RunAsync("softhsm2-util", ["--init-token", "--free", "--label", "hufu-ca", "--so-pin", "87654321", "--pin", Pin], work.Folder, Environment(work))).Succeeded();
        return $$""", "ca": { "tokenLibrary": "{{Library}}", "tokenLabel": "hufu-ca", "tokenPinFile": "{{work.At("hsm-pin")}}", "profileAuthorities": { "{{Type}}": "transport" } }""";
    }

    /// <summary>One proposes the hierarchy, another approves; then the registration hears by itself that the type takes P-256 keys: at most two minutes.</summary>
    private protected override async Task ArrangeAsync()
    {
        using SoftToken one = Open("ca-business-administrator"), two = Open("ca-audit-administrator");
        AuthorityProposal proposal = new(AuthorityDeed.Create, "transport", "不支持 SM2 的软件", CommonName: "虎符示范传输 CA", Algorithm: KeyAlgorithm.P256);
        ProposalStanding made = await PostAsync<ProposalStanding>("/api/ca/deeds", Request(one, ActNames.CaProposalMake, $"ca/{proposal.Name}", "-", proposal, Rooms.Ca));
        await PostAsync<DeedDone>($"/api/ca/deeds/{made.Id}/approval", Request(two, ActNames.CaProposalApprove, $"proposal/{made.Id}", made.State, new ProposalApproval("同意"), Rooms.Ca));
        Stopwatch watch = Stopwatch.StartNew();
        while ((await FormsAsync()).Single(form => form.Profile == Type).Keys != KeyAlgorithm.P256)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "The registration was never told which keys the type takes.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
