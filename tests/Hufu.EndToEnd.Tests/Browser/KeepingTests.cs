using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hufu.Pki;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>What is done seldom and by few: the storage key is changed, keys whose retention has ended are destroyed by four hands, a person goes from one role to another.</summary>
[Collection(nameof(BrowserStage))]
public sealed class KeepingTests(BrowserStage stage)
{
    [Fact]
    public async Task The_storage_key_is_changed_and_every_holder_gets_a_new_share()
    {
        IPage operators = await stage.StaffAsync("kmc-operator", "/desk/kmc");
        await SignAsync(operators, await FilledAsync(operators, "kmc.storage-key.change", ("remark", "试一试")));
        await Expect(operators.Locator("#trouble")).ToBeVisibleAsync(); // not an operator's act
        await Expect(operators.Locator("#shares")).ToBeHiddenAsync();

        IPage page = await stage.StaffAsync("kmc-business-administrator");
        await BrowserStage.SignInAsync(page, "kmc", "kmc-business-administrator");
        await page.GotoAsync("/desk/kmc");
        await Expect(page.Locator("#key-holders")).ToContainTextAsync("分三");
        int before = int.Parse(await page.Locator("#sk-generation").GetAttributeAsync("value") ?? "", System.Globalization.CultureInfo.InvariantCulture);
        ILocator form = await FilledAsync(page, "kmc.storage-key.change", ("remark", "年度更换"));
        await SignAsync(page, form);
        await Expect(form.Locator(".done .good")).ToBeVisibleAsync();
        await Expect(page.Locator("#shares li")).ToHaveCountAsync(5);
        await BrowserStage.ShootAsync(page, "desk-storage-key-changed");
        IDownload share = await page.RunAndWaitForDownloadAsync(() => page.Locator("#shares a").First.ClickAsync());
        Assert.NotEmpty(await File.ReadAllBytesAsync(await share.PathAsync(), TestContext.Current.CancellationToken));
        await page.Locator("#shares button").ClickAsync();
        await Expect(page.Locator("#shares")).ToBeHiddenAsync();
        await Expect(page.Locator("#shares a")).ToHaveCountAsync(0);

        await Expect(page.Locator("#key-changes tbody tr").First).ToContainTextAsync($"{before} → {before + 1}");

        // The page tells by itself how far the others are, until the old generation is gone.
        await Expect(page.Locator("[data-live=storage-key]")).ToContainTextAsync($"第 {before + 1} 代");
        await Expect(page.Locator("[data-live=storage-key]")).ToContainTextAsync(new Regex($"已销毁：第 .*{before} 代"));
    }

    /// <summary>Decision 0050, as far as leaves the stage as it was: what is put in force stands in ServiceRenewalTests.</summary>
    [Fact]
    public async Task The_key_centres_own_certificates_are_renewed_by_one_and_refused_by_another()
    {
        IPage operators = await stage.StaffAsync("kmc-operator", "/desk/kmc");
        await SignAsync(operators, await FilledAsync(operators, "kmc.service.renew", ("remark", "试一试")));
        await Expect(operators.Locator("#trouble")).ToBeVisibleAsync(); // not an operator's act

        IPage business = await stage.StaffAsync("kmc-business-administrator", "/desk/kmc");
        await Expect(business.Locator("[data-live=services]")).ToContainTextAsync("没有等待启用的更新");
        string before = await business.Locator("[data-live=services] table").InnerTextAsync();
        ILocator renew = await FilledAsync(business, "kmc.service.renew", ("remark", "年度更新"));
        await SignAsync(business, renew);
        await Expect(renew.Locator(".done .good")).ToBeVisibleAsync();
        await Expect(business.Locator("[data-live=services]")).ToContainTextAsync("等待审计员"); // by itself
        await BrowserStage.ShootAsync(business, "desk-services-waiting");

        IPage auditor = await stage.StaffAsync("kmc-auditor", "/desk/kmc");
        ILocator refuse = await FilledAsync(auditor, "kmc.service.refuse", ("remark", "时间不对"));
        await SignAsync(auditor, refuse);
        await Expect(refuse.Locator(".done .good")).ToBeVisibleAsync();
        await Expect(auditor.Locator("[data-live=services]")).ToContainTextAsync("没有等待启用的更新");
        Assert.Equal(before, await auditor.Locator("[data-live=services] table").InnerTextAsync());
        await SignAsync(auditor, await FilledAsync(auditor, "kmc.service.put-in-force", ("remark", "再试")));
        await Expect(auditor.Locator("#trouble")).ToBeVisibleAsync(); // nothing waits
    }

    [Fact]
    public async Task Keys_whose_retention_has_ended_are_destroyed_by_four_hands()
    {
        // The pair that the demo's holder revoked is in the history store; eleven years go by.
        long then = TimeProvider.System.GetUtcNow().AddYears(-11).ToUnixTimeMilliseconds();
        int aged = 0;
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); aged == 0 && waited.Elapsed < TimeSpan.FromMinutes(3);)
        {
            // The authority tells the key centre of revoked pairs in its own time.
            aged = stage.Change("kmc", "UPDATE kmc_history SET not_after = @then WHERE pair = (SELECT min(pair) FROM kmc_history)", ("@then", then));
            await Task.Delay(aged == 0 ? 250 : 0, TestContext.Current.CancellationToken);
        }

        Assert.Equal(1, aged);

        IPage operators = await stage.StaffAsync("kmc-operator", "/desk/kmc");
        await Expect(operators.Locator("[data-live=due]")).ToContainTextAsync("1 对");
        string pair = await operators.Locator("#kd-pairs").InputValueAsync();
        Assert.Matches("^[0-9]+$", pair);
        ILocator form = await FilledAsync(operators, "kmc.destruction.propose", ("reason", "保存期满"), ("pairs", "999999999"));
        await SignAsync(operators, form);
        await Expect(operators.Locator("#trouble")).ToBeVisibleAsync(); // no such pair
        await form.Locator("[name=pairs]").FillAsync(pair);
        await SignAsync(operators, form);
        await Expect(form.Locator(".done .good")).ToBeVisibleAsync();
        await Expect(operators.Locator("#trouble")).ToBeHiddenAsync();
        await BrowserStage.ShootAsync(operators, "desk-destruction-proposed");

        // Who proposed it cannot approve it, and is told who can; approved, witnessed, carried out, one after the other.
        ILocator row = operators.Locator("#cases tbody tr", new PageLocatorOptions { HasText = "保存期满" });
        await Expect(row).ToContainTextAsync("业务管理员");
        await Expect(Button(operators, "审核通过")).ToHaveCountAsync(0);
        await operators.SelectOptionAsync("#case-state", "done");
        await Expect(row).ToHaveCountAsync(0); // the room filters
        await operators.SelectOptionAsync("#case-state", "entered");
        await BrowserStage.UnfoldAsync(row.Locator("summary"));
        await Expect(row).ToContainTextAsync("提出销毁"); // whose hands were in it
        foreach ((string role, string act) in new[] { ("kmc-business-administrator", "审核通过"), ("kmc-auditor", "见证"), ("kmc-operator", "销毁") })
        {
            IPage page = await stage.StaffAsync(role, "/desk/kmc");
            await page.ClickAsync("[data-cases=destruction]");
            await Button(page, act).ClickAsync();
            await page.ClickAsync("#sign-go");
            await Expect(Button(page, act)).ToHaveCountAsync(0);
            await page.Context.DisposeAsync();
        }

        await operators.ReloadAsync();
        await Expect(operators.Locator("[data-live=due]")).ToContainTextAsync("没有");
    }

    [Fact]
    public async Task A_person_goes_from_one_role_to_another_and_what_excludes_it_is_shown_before()
    {
        IPage page = await stage.StaffAsync("ra-business-administrator");
        await BrowserStage.SignInAsync(page, "ra", "ra-business-administrator");

        // Policy lets nobody hold two roles of one room, but another policy may: what the room says of its people is answered here with a second role for the clerk.
        await page.RouteAsync("**/api/ra/staff", async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            JsonArray people = JsonNode.Parse(await answer.TextAsync())!.AsArray();
            people.Single(one => (string?)one!["name"] == "陈录入")!["roles"]!.AsArray().Add(new JsonObject { ["id"] = "auditor", ["zh"] = "审计员", ["en"] = "Auditor" });
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = people.ToJsonString() });
        });
        await page.GotoAsync("/desk/staff");
        await page.ClickAsync("button[data-room=ra]");
        await Expect(page.Locator("#staff tbody")).ToContainTextAsync("陈录入");
        await BrowserStage.UnfoldAsync(page.Locator("#change > summary"));
        ILocator form = page.Locator("form[data-act='staff.change']");
        await page.SelectOptionAsync("#c-person", new SelectOptionValue { Label = "陈录入" });
        await page.SelectOptionAsync("#c-from", "entry-clerk");
        await page.SelectOptionAsync("#c-to", "vetter");
        await Expect(page.Locator("#c-conflict")).ToContainTextAsync("审计员");
        await BrowserStage.ShootAsync(page, "desk-role-conflict");
        await page.SelectOptionAsync("#c-from", "auditor");
        await Expect(page.Locator("#c-conflict")).ToContainTextAsync("录入员"); // what is left excludes it, not what ends

        // Somebody of another line is refused by the room.
        await page.SelectOptionAsync("#c-person", new SelectOptionValue { Label = "冯审计" });
        await Expect(page.Locator("#c-conflict")).ToBeHiddenAsync();
        await page.SelectOptionAsync("#c-to", "vetter");
        await page.FillAsync("#c-reason", "试一试");
        await page.SetInputFilesAsync("#c-request", Request());
        await SignAsync(page, form);
        await Expect(page.Locator("#trouble")).ToBeVisibleAsync();

        // A share holder of the authority becomes an administrator there.
        IPage super = await stage.StaffAsync("ca-super-administrator");
        await BrowserStage.SignInAsync(super, "ca", "ca-super-administrator");
        await super.GotoAsync("/desk/staff");
        await super.ClickAsync("button[data-room=ca]");
        ILocator holder = super.Locator("#staff tbody tr:has(td:nth-child(2):text-is('密钥分量持有人'))").Last;
        await Expect(holder).ToBeVisibleAsync();
        string name = await holder.Locator("strong").InnerTextAsync();
        await BrowserStage.UnfoldAsync(super.Locator("#change > summary"));
        await super.SelectOptionAsync("#c-person", new SelectOptionValue { Label = name });
        await Expect(super.Locator("#c-from")).ToHaveValueAsync("share-holder");
        await super.SelectOptionAsync("#c-to", "business-administrator");
        await Expect(super.Locator("#c-conflict")).ToBeHiddenAsync(); // the role that ends excludes nothing any more
        await super.FillAsync("#c-reason", "轮岗");
        await super.SetInputFilesAsync("#c-request", Request());
        await BrowserStage.ShootAsync(super, "desk-role-change");
        ILocator change = super.Locator("form[data-act='staff.change']");
        await SignAsync(super, change);
        await Expect(change.Locator(".done .good")).ToBeVisibleAsync();
        await Expect(super.Locator("#staff tbody tr", new PageLocatorOptions { HasText = name }).Locator("td").Nth(1)).ToHaveTextAsync("业务管理员");
    }

    private static ILocator Button(IPage page, string act) => page.Locator("#cases tbody button", new PageLocatorOptions { HasText = act });

    private static FilePayload Request()
    {
        using Sm2KeyPair pair = Sm2KeyPair.Generate();
        return new() { Name = "request.p10", MimeType = "application/pkcs10", Buffer = CertificationRequest.Create(DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "person")), pair).Encode() };
    }

    private static async Task<ILocator> FilledAsync(IPage page, string act, params (string Name, string Value)[] fields)
    {
        ILocator form = page.Locator($"form[data-act='{act}']");
        foreach ((string name, string value) in fields)
        {
            await form.Locator($"[name={name}]").FillAsync(value);
        }

        return form;
    }

    private static async Task SignAsync(IPage page, ILocator form)
    {
        await form.Locator("button[type=submit]").ClickAsync();
        await page.ClickAsync("#sign-go");
        await Expect(page.Locator("#sign")).ToBeHiddenAsync();
    }
}
