using System.Net.Http.Json;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Kernel.Tests.Devices.Sdf;
using Hufu.Kmc;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>kmc.json: the open points of GM/T 0014, and a device behind the C interface of GM/T 0018 that makes and keeps the pairs.</summary>
public sealed class SettingsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.2.8-a")]
    public async Task Gmt0038_pairs_are_made_and_kept_by_a_cipher_machine()
    {
        using var simulator = new SdfSimulator();
        var settings = JsonSerializer.Serialize(new { sdf = new { library = simulator.Options.Library, kekIndex = 3 } });
        await using var place = await KmcPlace.OpenInitialisedAsync(settings);
        Assert.True(File.Exists(Path.Combine(place.Room.Context.DataDirectory, "sdf", "kmc-store-1.sdf")));
        Assert.False(place.Room.Context.Identity.Device.Contains("kmc-store-1"));
        using var staff = await place.StaffAsync();
        await place.WaitForSparesAsync();
        await using var ca = await place.CaBesideAsync(business: staff.Business);
        using var holder = Sm2KeyPair.Generate();
        var number = SerialNumber.Create();

        // Given, restored, tried, and taken under another storage key of the machine: the holder opens it as ever.
        Opens((await place.GiveAsync(ca, number, holder.PublicKey)).ToEnvelopedKey());
        Opens(Assert.IsType<RestoreKeyResult>(Assert.Single(await place.AskAsync(ca, new RestoreKeyRequest(ReturnAlgorithms.Sm, number, holder.PublicKey)))).Key.ToEnvelopedKey());
        var drill = await place.DoAsync<RecoveryDrill, DrillReport>("/drills", staff.Operator, ActNames.KmcDrillRun, "store/escrow", new RecoveryDrill(5));
        Assert.Empty(drill.Failed);
        await place.DoAsync<CaseRemark, StorageKeyChanged>("/storage-key", staff.Business, ActNames.KmcStorageKeyChange, "storage-key/1", new CaseRemark("年度更换"));
        for (var i = 0; i < 3000 && (await place.Site.Client.GetFromJsonAsync<StorageKeyState>("/api/kmc/storage-key", ContractJson.Options, Cancel))!.From is not null; i++)
        {
            await Task.Delay(20, Cancel);
        }

        Assert.False(File.Exists(Path.Combine(place.Room.Context.DataDirectory, "sdf", "kmc-store-1.sdf")));
        Opens(Assert.IsType<RestoreKeyResult>(Assert.Single(await place.AskAsync(ca, new RestoreKeyRequest(ReturnAlgorithms.Sm, number, holder.PublicKey)))).Key.ToEnvelopedKey());

        void Opens(Sm2EnvelopedKey enveloped)
        {
            using var opened = enveloped.Open(holder);
            Assert.Equal(enveloped.PublicKey.Sm2, opened.PublicKey);
        }
    }

    [Fact]
    public async Task The_open_points_of_Gmt0014_are_as_agreed_in_the_file()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync(
            """
            // agreed with the CA
            { "gmt0014": { "privateKeySignature": "plaintext", "tagging": "explicit", "keyHash": "publicKeyBits", "errorDescription": "octetString", "version": 1 }, "mostRequests": 2 }
            """);
        await place.WaitForSparesAsync();
        await using var ca = await place.CaBesideAsync();
        var agreed = Gmt0014Options.Hufu with
        {
            PrivateKeySignature = PrivateKeySignatureInput.Plaintext, Tagging = ChoiceTagging.Explicit, KeyHash = KeyHashInput.PublicKeyBits, ErrorDescription = ErrorDescriptionForm.OctetString,
        };
        using var holder = Sm2KeyPair.Generate();
        var km = Certificate.Decode(place.Initialised!.Identity.SigningCertificate);
        var answer = await AskAsync(agreed, place.Apply(SerialNumber.Create(), holder.PublicKey));
        var key = Assert.IsType<ApplyKeyResult>(Assert.Single(answer.Results)).Key;
        using var opened = key.ToEnvelopedKey().Open(holder);
        Assert.True(key.VerifySignature(km, opened));

        // As the program has it, the CA's name does not fit: the key hash is over something else. More than two in a message are too many.
        var unknown = await Assert.ThrowsAsync<RefusedException>(() => AskAsync(Gmt0014Options.Hufu, place.Apply(SerialNumber.Create(), holder.PublicKey)));
        Assert.Equal(RefusalCode.PeerUnknown, unknown.Refusal.Code);
        var three = await AskAsync(agreed, [.. Enumerable.Range(0, 3).Select(_ => place.Apply(SerialNumber.Create(), holder.PublicKey))]);
        Assert.All(three.Results, one => Assert.IsType<ErrorResult>(one));

        async Task<KmRespond> AskAsync(Gmt0014Options options, params IReadOnlyList<KeyRequest> requests)
        {
            var identity = ca.Context.Identity;
            var request = CaRequest.Sign(identity.SigningCertificate!, identity.Signer, requests, place.Now, SerialNumber.Create(), options);
            var respond = KmRespond.Decode(await ca.Context.Post.AskDerAsync(Rooms.Kmc, Gmt0014Exchange.MessageType, request.Encode(), null, Cancel));
            if (respond.Results.All(one => one is not ErrorResult))
            {
                respond.Check(km, request, agreed);
            }

            return respond;
        }
    }

    [Theory]
    [InlineData("""{ "gmt0014": { "tagging": "sometimes" } }""")]
    [InlineData("""{ "spares": 4 }""")]
    [InlineData("""{ "sdf": { "kekIndex": 1 } }""")]
    [InlineData("""{ "mostRequests": 0 }""")]
    [InlineData("null")]
    [InlineData("{")]
    public async Task A_file_that_says_what_the_program_does_not_know_stops_the_start(string settings)
    {
        await using var room = await TestRoom.OpenAsync(Rooms.Kmc, typeof(KmcModule).Assembly);
        await File.WriteAllTextAsync(Path.Combine(room.Context.DataDirectory, "kmc.json"), settings, Cancel);
        var refused = Record.Exception(() => new KmcModule(room.Context, new KmcOptions()));
        Assert.True(refused is InvalidDataException or ArgumentOutOfRangeException, refused?.ToString());
    }
}
