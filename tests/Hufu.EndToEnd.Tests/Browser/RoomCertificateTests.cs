using System.Text.Json;
using System.Text.RegularExpressions;
using Hufu.Contracts;
using Hufu.Pki;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>Rooms' certificates: the key centre renews its own to the end and the authority registers them by two people; a room's keys are certified anew; what the files say is shown before it is signed, twice.</summary>
[Collection(nameof(BrowserStage))]
public sealed class RoomCertificateTests(BrowserStage stage)
{
    /// <summary>Decision 0050 to its end: renewed by one, put in force by another, registered at the CA by two; certificates are issued after it as before.</summary>
    [Fact]
    public async Task The_key_centres_new_certificates_are_put_in_force_and_registered_by_two()
    {
        IPage business = await stage.StaffAsync("kmc-business-administrator", "/desk/kmc");
        ILocator lives = business.Locator("[data-live=services] table");
        string before = await lives.InnerTextAsync();
        await SignAsync(business, await RemarkedAsync(business, "kmc.service.renew", "年度更新"));
        await Expect(business.Locator("[data-live=services]")).ToContainTextAsync("等待审计员");

        IPage auditor = await stage.StaffAsync("kmc-auditor", "/desk/kmc");
        ILocator put = await RemarkedAsync(auditor, "kmc.service.put-in-force", "已核对");
        await SignAsync(auditor, put);
        await Expect(put.Locator(".done .good")).ToBeVisibleAsync();
        await Expect(auditor.Locator("[data-live=services]")).ToContainTextAsync("没有等待启用的更新");
        await Expect(auditor.Locator("[data-live=services] table")).Not.ToHaveTextAsync(before);
        await BrowserStage.ShootAsync(auditor, "desk-services-in-force");
        IDownload given = await auditor.RunAndWaitForDownloadAsync(() => auditor.Locator("#services a[download]").ClickAsync());
        byte[] file = await File.ReadAllBytesAsync(await given.PathAsync(), TestContext.Current.CancellationToken);
        string serial = Serial(file);

        // The CA's business administrator reads what the file says, then signs for it; half a file cannot be signed for.
        IPage one = await stage.StaffAsync("ca-business-administrator", "/desk/rooms");
        ILocator form = one.Locator("form[data-act='peer.register']");
        await Expect(form.Locator("button[type=submit]")).ToBeDisabledAsync();
        await one.FillAsync("#rp-text", Certificate.Decode(Signing(file)).ToPem());
        await one.ClickAsync("#peers .read");
        await Expect(one.Locator("#peers .said .bad")).ToContainTextAsync("证书链不完整");
        await Expect(form.Locator("button[type=submit]")).ToBeDisabledAsync();
        await one.FillAsync("#rp-text", "not a certificate");
        await one.ClickAsync("#peers .read");
        await Expect(one.Locator("#trouble")).ToBeVisibleAsync();
        await one.FillAsync("#rp-text", "");
        await one.SetInputFilesAsync("#rp-files", new FilePayload { Name = "kmc-services.json", MimeType = "application/json", Buffer = file });
        await Expect(one.Locator("#peers .said")).ToContainTextAsync(serial);
        await Expect(one.Locator("#rp-name")).ToHaveValueAsync("kmc");
        await one.CheckAsync("[name=keepEarlier]");
        await BrowserStage.ShootAsync(one, "desk-rooms-read");
        await form.Locator("button[type=submit]").ClickAsync();
        await Expect(one.Locator("#sign-on")).ToContainTextAsync(new Regex("kmc.*签名 [0-9a-f]{16}"));
        await one.ClickAsync("#sign-go");
        await Expect(form.Locator(".done")).ToContainTextAsync("等待复核");

        // A second person sees the same before agreeing.
        await AgreeAsync("ca", "ca-super-administrator", "kmc", serial, _ => Task.CompletedTask);

        // The registration authority, which carries holders' recoveries to the key centre, does the same.
        IPage other = await stage.StaffAsync("ra-business-administrator", "/desk/rooms");
        await other.SelectOptionAsync("#rp-room", "ra");
        await other.SetInputFilesAsync("#rp-files", new FilePayload { Name = "kmc-services.json", MimeType = "application/json", Buffer = file });
        await Expect(other.Locator("#peers .said")).ToContainTextAsync(serial);
        await other.CheckAsync("[name=keepEarlier]");
        ILocator registering = other.Locator("form[data-act='peer.register']");
        await SignAsync(other, registering);
        await Expect(registering.Locator(".done")).ToContainTextAsync("等待复核");
        await AgreeAsync("ra", "ra-auditor", "kmc", serial, _ => Task.CompletedTask);

        // Pairs come from the key centre as before.
        await Journey.IssuedAsync(stage, "新互认", "hu@example.cn");
    }

    /// <summary>A room that was registered before is certified anew by two; what it gets is a file for its own machine.</summary>
    [Fact]
    public async Task A_rooms_keys_are_certified_again_by_two_and_handed_back_as_a_file()
    {
        IPage one = await stage.StaffAsync("ca-business-administrator", "/desk/rooms");
        ILocator form = one.Locator("form[data-act='ca.service.register']");
        await one.SelectOptionAsync("#rs-room", "tsa");
        await one.FillAsync("#rs-name", "虎符示范时间戳");
        await one.SetInputFilesAsync("#rs-files", new FilePayload { Name = "tsa-requests.json", MimeType = "application/json", Buffer = "{\"signing\":\"MAA=\"}"u8.ToArray() });
        await Expect(one.Locator("#trouble")).ToBeVisibleAsync();
        (byte[] requests, string digest) = Requests();
        await one.SetInputFilesAsync("#rs-files", new FilePayload { Name = "tsa-requests.json", MimeType = "application/json", Buffer = requests });
        await Expect(one.Locator("#services .said tbody tr")).ToHaveCountAsync(2);
        await Expect(one.Locator("#services .said tbody tr").First).ToContainTextAsync(digest[..4] + " " + digest[4..8]);
        await SignAsync(one, form);
        await Expect(form.Locator(".done")).ToContainTextAsync("等待复核");
        await AgreeAsync("ca", "ca-super-administrator", "tsa", digest[..4] + " " + digest[4..8], async page =>
        {
            await Expect(page.Locator("#handed code")).ToContainTextAsync("/api/tsa/identity");
            IDownload installation = await page.RunAndWaitForDownloadAsync(() => page.Locator("#handed a").ClickAsync());
            using JsonDocument made = JsonDocument.Parse(await File.ReadAllBytesAsync(await installation.PathAsync(), TestContext.Current.CancellationToken));
            IdentityInstallation whole = made.Deserialize<IdentityInstallation>(ContractJson.Options)!;
            Assert.Equal(digest, ActStatement.Digest(Certificate.Decode(whole.SigningCertificate).PublicKey.Encode()));
            Assert.Equal("ca", Assert.Single(whole.Peers).Name);
            await BrowserStage.ShootAsync(page, "desk-rooms-certified");
        });
    }

    private async Task AgreeAsync(string at, string role, string room, string says, Func<IPage, Task> then)
    {
        IPage two = await stage.StaffAsync(role);
        await BrowserStage.SignInAsync(two, at, role);
        await two.GotoAsync("/desk/staff");
        await two.ClickAsync($"button[data-room={at}]");
        ILocator row = two.Locator("#proposals tbody tr", new PageLocatorOptions { HasText = "room/" + room });
        await BrowserStage.UnfoldAsync(row.Locator("summary"));
        await Expect(row.Locator("details")).ToContainTextAsync(says);
        await BrowserStage.ShootAsync(two, "desk-staff-second-" + room);
        await row.Locator("button").Last.ClickAsync();
        await two.ClickAsync("#sign-go");
        await Expect(row).ToHaveCountAsync(0);
        await Expect(two.Locator("#trouble")).ToBeHiddenAsync();
        await then(two);
        await two.Context.DisposeAsync();
    }

    private static byte[] Signing(byte[] services) => JsonSerializer.Deserialize<KeyCentreServices>(services, ContractJson.Options)!.Peer.SigningCertificate;

    private static string Serial(byte[] services) => Certificate.Decode(Signing(services)).SerialHex;

    private static (byte[] Json, string Digest) Requests()
    {
        using Sm2KeyPair signing = Sm2KeyPair.Generate();
        using Sm2KeyPair audit = Sm2KeyPair.Generate();
        DistinguishedName name = DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "tsa"));
        CertificationRequest first = CertificationRequest.Create(name, signing);
        return (JsonSerializer.SerializeToUtf8Bytes(new IdentityRequests(first.Encode(), null, CertificationRequest.Create(name, audit).Encode()), ContractJson.Options), ActStatement.Digest(first.PublicKey.Encode()));
    }

    private static async Task<ILocator> RemarkedAsync(IPage page, string act, string remark)
    {
        ILocator form = page.Locator($"form[data-act='{act}']");
        await form.Locator("[name=remark]").FillAsync(remark);
        return form;
    }

    private static async Task SignAsync(IPage page, ILocator form)
    {
        await form.Locator("button[type=submit]").ClickAsync();
        await page.ClickAsync("#sign-go");
        await Expect(page.Locator("#sign")).ToBeHiddenAsync();
    }
}
