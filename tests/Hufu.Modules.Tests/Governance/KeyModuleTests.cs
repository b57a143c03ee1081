using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Modules.Tests.Ca;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Governance;

/// <summary>6.6.2.1-b: where each type's keys are made; the application says it, RA and CA refuse what the profile does not allow.</summary>
public sealed class KeyModuleTests
{
    [Fact]
    [Clause("6.6.2.1-b")]
    public void EveryProfileSaysWhereItsKeysAreMadeAndNoFixedKeyTravels()
    {
        var policy = SourceTree.Policy;
        foreach (var profile in policy.Profiles.Values)
        {
            Assert.NotEmpty(profile.Modules);
            var expected = profile.Id switch
            {
                "person" or "person-trial" or "representative" or "organisation" or "employee" or "code-signing" or "share-holder" => new[] { KeyModule.UsbKey, KeyModule.SmartCard },
                "administrator" => [KeyModule.UsbKey],
                "server" or "server-identity" or "ipsec-vpn" => [KeyModule.ServerModule],
                "operated-device" => [KeyModule.DeviceCard, KeyModule.Machine],
                _ => [KeyModule.Machine],
            };
            Assert.Equal(expected, profile.Modules);
            Assert.Equal(profile.Kind == ProfileKind.Holder, profile.Fields.Any(field => field is { Kind: FieldKind.KeyModule, Name: "keyModule", Required: false }));
            if (policy.Forms.TryGetValue(profile.Id, out var form))
            {
                // What a counter hands over is one of them.
                Assert.All(form.Media, medium => Assert.Contains(Enum.Parse<KeyModule>(medium.ToString()), profile.Modules));
            }
        }
    }

    [Fact]
    [Clause("6.6.2.1-b")]
    public async Task TheCaRefusesAKeyThatWasMadeInAnotherModule()
    {
        await using var place = await CaPlace.OpenAsync();
        using Sm2KeyPair key = Sm2KeyPair.Generate(), other = Sm2KeyPair.Generate();
        foreach (var wrong in new[] { "machine", "server-module", "UsbKey", "disk" })
        {
            var refused = await Refusals.ExpectAsync(RefusalCode.FieldInvalid, () => place.IssueAsync(place.Order(key, fields: With(wrong))));
            Assert.Equal("keyModule", refused.Field);
            Assert.Contains("usb-key, smart-card", refused.Evidence, StringComparison.Ordinal);
        }

        Assert.NotNull((await place.IssueAsync(place.Order(key, fields: With("usb-key")))).EncryptionCertificate);

        // It stands in what clerk and vetter signed, and in no certificate: an order whose field was changed afterwards is refused.
        var order = place.Order(other, "A2", fields: With("smart-card"));
        await Refusals.ExpectAsync(RefusalCode.StatementMismatch, () => place.IssueAsync(order with { Fields = With("usb-key") }));

        static Dictionary<string, string> With(string module) => new(CaPlace.Organisation()) { ["keyModule"] = module };
    }

    [Theory]
    [Clause("6.6.2.1-b")]
    [InlineData("operational-ca", "modules: [machine]", "modules: [usb-key]", "machine")]
    [InlineData("room-sign", "modules: [machine]", "modules: [machine, smart-card]", "machine")]
    [InlineData("administrator", "modules: [usb-key]", "modules: [server-module]", "usb-key, smart-card")]
    [InlineData("person", "modules: [usb-key, smart-card]\n", "", "goes with 'modules'")]
    public void AProfileThatLetsAFixedKeyTravelDoesNotLoad(string id, string from, string to, string words)
    {
        using var folder = new TempFolder();
        foreach (var file in Directory.EnumerateFiles(SourceTree.PolicyDirectory, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder.Path, Path.GetRelativePath(SourceTree.PolicyDirectory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var path = Path.Combine(folder.Path, "profiles", $"{id}.yaml");
        var text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
        Assert.Contains(words, Assert.Throws<PolicyException>(() => Policy.Load(folder.Path)).Message, StringComparison.Ordinal);
    }
}
