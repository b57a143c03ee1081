using Hufu.Contracts;
using Hufu.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Xunit;
using Revocation = Hufu.Contracts.CertificateRevocation;

namespace Hufu.Modules.Tests.Ca;

/// <summary>Every door of the CA that takes a signed act: who lacks the role learns that and nothing of the payload, readable or not, and the refusal is in the log.</summary>
public sealed class CaDoorTests
{
    private static readonly DateTimeOffset s_when = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
    private static readonly string s_none = new('0', 32);

    // Each payload can be read and is wrong by what the room knows or allows.
    private static readonly Door[] s_doors =
    [
        Door.Of("ca-services", "/api/ca/services", ActNames.CaServiceRegister, "room/nowhere", new ServiceRegistration("nowhere", "x", new IdentityRequests([1], null, [1]))),
        Door.Of("ca-service-signers", "/api/ca/services/signers", ActNames.CaServiceRegister, "room/ocsp/nowhere", new StatusSignerRegistration("nowhere", "x", [1])),
        Door.Of("ca-revocations", "/api/ca/revocations", ActNames.CaRevoke, "certificate/nowhere/00", new Revocation("nowhere", "00", new RevocationCase(RevocationGround.KeyCompromise, RevocationAsker.Authority), "x", s_when)),
        Door.Of("ca-suspensions", "/api/ca/suspensions", ActNames.CaSuspend, "certificate/nowhere/00", new CertificateSuspension("nowhere", "00", "x", s_when)),
        Door.Of("ca-resumptions", "/api/ca/resumptions", ActNames.CaResume, "certificate/nowhere/00", new CertificateSuspension("nowhere", "00", "x", s_when)),
        Door.Of("ca-deeds", "/api/ca/deeds", ActNames.CaProposalMake, "ca/nowhere", new AuthorityProposal(AuthorityDeed.ChangeKey, "nowhere", "")),
        Door.Of("ca-deed-approval", $"/api/ca/deeds/{s_none}/approval", ActNames.CaProposalApprove, $"proposal/{s_none}", new ProposalApproval("x")),
        Door.Of("ca-overview", "/api/ca/overview", ActNames.CaOverviewRead, "ca/overview", new OverviewQuery(s_when, s_when)),
        Door.Of("ca-profile-propose", "/api/ca/profiles/nowhere/changes", ActNames.CaProfilePropose, "profile/nowhere", new ProfileProposal("x", "x", "")),
        Door.Of("ca-profile-approve", $"/api/ca/profile-changes/{s_none}/approval", ActNames.CaProfileApprove, $"profile-change/{s_none}", new ProfileDecision("")),
        Door.Of("ca-profile-refuse", $"/api/ca/profile-changes/{s_none}/refusal", ActNames.CaProfileRefuse, $"profile-change/{s_none}", new ProfileDecision("")),
        Door.Of("ca-facts", "/api/ca/facts", ActNames.CaFactsAgain, "room/nowhere", new FactsAgain("nowhere", s_when)),
        Door.Of("ca-repairs", "/api/ca/repairs", ActNames.CaRepairPropose, "repair/new", new RepairPlan("", [], [])),
        Door.Of("ca-repair-approval", $"/api/ca/repairs/{s_none}/approval", ActNames.CaRepairApprove, $"repair/{s_none}", new RepairApproval("x")),
        Door.Of("ca-crls", "/api/ca/crls", ActNames.CaCrlIssue, "ca/nowhere", new CrlRequest("nowhere")),
    ];

    // The first opens with the setup code; the others are Hosting's desks, with tests of their own.
    private static readonly string[] s_elsewhere = ["ca-initialise", "ca-staff", "ca-peers", "ca-ceremony", "ca-identity", "ca-setup"];

    [Fact]
    [Clause("6.6.2.6-d")]
    public async Task WhoLacksTheRoleHearsThatAndNothingOfThePayload()
    {
        await using var ca = await BornCa.OpenAsync();
        List<string> wrong = [];
        foreach (var door in s_doors)
        {
            // Share holders sign for repairs.
            var stranger = door.Act == ActNames.CaRepairApprove ? ca.Operator : ca.Holders[0];
            var said = new[]
            {
                await ca.Site.RefusedAsync(door.Path, stranger.Act(Rooms.Ca, door.Act, door.Object, "-", door.Payload, ca.Room.Clock.GetUtcNow())),
                await ca.Site.RefusedAsync(door.Path, stranger.Act(Rooms.Ca, door.Act, door.Object, "-", """{"nonsense":[1]}""", ca.Room.Clock.GetUtcNow())),
            };
            var lines = (await ca.Room.LedgerAsync()).Count(line => line.Contains($"\"{door.Act}\"", StringComparison.Ordinal) && line.Contains("role-missing", StringComparison.Ordinal));
            if (said.Any(code => code != "role-missing") || lines < 2)
            {
                wrong.Add($"{door.Name}: {string.Join(", ", said)}; {lines} in the log");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task EveryDoorThatTakesAPostStandsInTheTable()
    {
        await using var ca = await BornCa.StartAsync();
        IReadOnlyList<Endpoint> mapped = [];
        await using (await TestSite.StartAsync(endpoints =>
        {
            ca.Module.MapEndpoints(endpoints);
            mapped = [.. endpoints.DataSources.SelectMany(source => source.Endpoints)];
        }))
        {
            var posts = mapped.Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("POST") == true)
                .Select(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName);
            Assert.Equal(s_doors.Select(door => door.Name).Order(StringComparer.Ordinal), posts.Where(name => !s_elsewhere.Any(desk => name.StartsWith(desk, StringComparison.Ordinal))).Order(StringComparer.Ordinal));
        }
    }

    private sealed record Door(string Name, string Path, string Act, string Object, string Payload)
    {
        public static Door Of<T>(string name, string path, string act, string target, T payload) =>
            new(name, path, act, target, System.Text.Json.JsonSerializer.Serialize(payload, ContractJson.Options));
    }
}
