using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting;

public sealed class SetupTests
{
    [Fact]
    public async Task The_setup_code_opens_once()
    {
        using var folder = new TempFolder();
        string code;
        await using (var room = await TestRoom.OpenAsync(Rooms.Tsa, folder: folder.Path))
        {
            code = room.Context.SetupCode.Pending!;
            Assert.Matches("^[0-9a-f]{32}$", code);
            Assert.Equal(code, File.ReadAllText(folder["tsa/setup-code"]).Trim());
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["tsa/setup-code"]));
            }

            foreach (var file in Directory.GetFiles(folder["tsa"], "tsa.db*").Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
            {
                await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
                Assert.DoesNotContain(code, await reader.ReadToEndAsync(CancellationToken.None), StringComparison.Ordinal);
            }
        }

        await using var again = await TestRoom.OpenAsync(Rooms.Tsa, folder: folder.Path);
        Assert.Equal(code, again.Context.SetupCode.Pending);
        Assert.Equal(RefusalCode.SetupCodeWrong, await DemandAsync(again, new string('0', 32)));
        Assert.Equal(RefusalCode.SetupCodeWrong, await DemandAsync(again, ""));
        Assert.Null(await DemandAsync(again, code));
        await again.Context.Database.WriteAsync(again.Context.SetupCode.Consume, CancellationToken.None);
        Assert.Equal(RefusalCode.AlreadyInitialised, await DemandAsync(again, code));
        Assert.Null(again.Context.SetupCode.Pending);
        Assert.False(File.Exists(folder["tsa/setup-code"]));
    }

    [Fact]
    public async Task A_room_asks_for_its_certificates_and_installs_them()
    {
        await using var ca = await TestRoom.OpenAsync(Rooms.Ca);
        ca.InstallIdentity();
        await using var room = await TestRoom.OpenAsync(Rooms.Publishing, beside: ca);
        await using var site = await TestSite.StartAsync(new SetupDesk(room.Context, SetupPath.Identity, receivesSealed: true).MapEndpoints);
        var code = room.Context.SetupCode.Pending!;
        Assert.Equal("setup-code-wrong", await site.RefusedAsync("/api/publishing/identity/requests", new SetupAsk("no")));
        var requests = await site.PostAsync<SetupAsk, IdentityRequests>("/api/publishing/identity/requests", new SetupAsk(code));
        Assert.Equal(Possession.Proven, CertificationRequest.Decode(requests.Signing).CheckPossession());
        Assert.NotNull(requests.Encryption);

        var installation = room.Certify(code, true, ca.Context.Identity.AsPeer());
        Assert.Equal("setup-code-wrong", await site.RefusedAsync("/api/publishing/identity", installation with { SetupCode = new string('0', 32) }));
        Assert.Equal("field-invalid", await site.RefusedAsync("/api/publishing/identity", installation with { EncryptionCertificate = null }));
        Assert.Equal("field-invalid", await site.RefusedAsync("/api/publishing/identity", installation with { SigningCertificate = installation.AuditCertificate }));
        Assert.Equal("malformed", await site.RefusedAsync("/api/publishing/identity", installation with { AuditCertificate = [1] }));
        Assert.Equal("field-invalid", await site.RefusedAsync("/api/publishing/identity", installation with { Chain = [] }));
        Assert.Null(await room.Context.Peers.FindAsync(Rooms.Ca, CancellationToken.None));
        Assert.False(room.Context.Identity.IsInstalled);

        var state = await site.PostAsync<IdentityInstallation, SetupState>("/api/publishing/identity", installation);
        Assert.True(state is { Initialised: true, IdentityInstalled: true });
        Assert.NotNull(await room.Context.Peers.FindAsync(Rooms.Ca, CancellationToken.None));
        Assert.Contains(await room.LedgerAsync(), line => line.Contains("identity.install", StringComparison.Ordinal));
        Assert.Equal("already-initialised", await site.RefusedAsync("/api/publishing/identity", installation));
    }

    [Fact]
    public async Task A_room_without_an_encryption_key_asks_for_two_certificates()
    {
        await using var room = await TestRoom.OpenAsync(Rooms.Ocsp);
        await using var site = await TestSite.StartAsync(new SetupDesk(room.Context, SetupPath.Identity, receivesSealed: false).MapEndpoints);
        var code = room.Context.SetupCode.Pending!;
        Assert.Null((await site.PostAsync<SetupAsk, IdentityRequests>("/api/ocsp/identity/requests", new SetupAsk(code))).Encryption);
        Assert.Equal("field-invalid", await site.RefusedAsync("/api/ocsp/identity", room.Certify(code)));
        Assert.True((await site.PostAsync<IdentityInstallation, SetupState>("/api/ocsp/identity", room.Certify(code, withEncryption: false))).Initialised);
    }

    [Fact]
    public void The_device_pin_is_made_once_and_missed_when_it_is_gone()
    {
        using var folder = new TempFolder();
        Hufu.Messaging.DevicePinFile.Open(Rooms.Tsa, folder.Path).Dispose();
        Hufu.Messaging.DevicePinFile.Open(Rooms.Tsa, folder.Path).Dispose();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["device.pin"]));
        }

        File.Delete(folder["device.pin"]);
        Assert.Contains("device.pin is missing", Assert.Throws<InvalidDataException>(() => Hufu.Messaging.DevicePinFile.Open(Rooms.Tsa, folder.Path)).Message, StringComparison.Ordinal);
    }

    private static async Task<RefusalCode?> DemandAsync(TestRoom room, string code)
    {
        try
        {
            await room.Context.Database.ReadAsync(
                session =>
                {
                    room.Context.SetupCode.Demand(session, code);
                    return true;
                },
                CancellationToken.None);
            return null;
        }
        catch (RefusedException refused)
        {
            return refused.Refusal.Code;
        }
    }
}
