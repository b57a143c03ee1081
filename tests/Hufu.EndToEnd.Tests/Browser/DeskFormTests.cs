using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>The forms on the desks of the authority and the key centre do what they say when they are clicked and signed.</summary>
[Collection(nameof(BrowserStage))]
public sealed class DeskFormTests(BrowserStage stage)
{
    private static readonly LocatorAssertionsToContainTextOptions Long = new() { Timeout = 90_000 };

    [Fact]
    public async Task An_operator_suspends_resumes_and_revokes_a_certificate_and_signs_a_CRL()
    {
        (IPage holder, _, string signing, _) = await Journey.IssuedAsync(stage, "邓挂起", "deng@example.cn");
        IPage ca = await stage.StaffAsync("ca-operator", "/desk/ca");
        ILocator suspend = Form(ca, "ca.certificate.suspend");
        await suspend.Locator("[name=serial]").FillAsync(signing);
        await suspend.Locator("[name=requestedBy]").FillAsync("持有者电话，已回拨证实");
        await SignAsync(ca, suspend);
        await BrowserStage.ShootAsync(ca, "desk-ca-suspended");
        await StateAsync(holder, signing, "已撤销");

        ILocator resume = Form(ca, "ca.certificate.resume");
        await resume.Locator("[name=serial]").FillAsync(signing);
        await resume.Locator("[name=requestedBy]").FillAsync("持有者电话，已回拨证实");
        await SignAsync(ca, resume);
        await StateAsync(holder, signing, "有效");

        ILocator revoke = Form(ca, "ca.certificate.revoke");
        await revoke.Locator("[name=serial]").FillAsync(signing);
        await revoke.Locator("[name='case.ground']").SelectOptionAsync("key-compromise");
        await revoke.Locator("[name='case.asker']").SelectOptionAsync("holder");
        await revoke.Locator("[name=requestedBy]").FillAsync("持有者到场，出示证件");
        await SignAsync(ca, revoke);
        await StateAsync(holder, signing, "已撤销");

        ILocator crl = Form(ca, "ca.crl.issue");
        await SignAsync(ca, crl);
        await Expect(crl.Locator(".done")).ToContainTextAsync("序号");

        // A room that was put back from a backup is told again what it has lost.
        ILocator facts = Form(ca, "ca.facts.again");
        await facts.Locator("[name=room]").SelectOptionAsync("publishing");
        await facts.Locator("[name=since]").FillAsync(TimeProvider.System.GetUtcNow().AddHours(7).ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture)); // an hour ago in Beijing
        await SignAsync(ca, facts);
        await Expect(facts.Locator(".done")).ToContainTextAsync(new Regex("证书[1-9]"));

        // A serial that is none is refused in words, and nothing is done twice.
        await suspend.Locator("[name=serial]").FillAsync("00ff");
        await suspend.Locator("button[type=submit]").ClickAsync();
        await ca.ClickAsync("#sign-go");
        await Expect(ca.Locator("#trouble")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_operator_of_the_key_centre_makes_pairs_ahead_and_proves_that_kept_ones_open()
    {
        IPage kmc = await stage.StaffAsync("kmc-operator", "/desk/kmc");
        ILocator refill = Form(kmc, "kmc.keys.refill");
        await refill.Locator("[name=pairs]").FillAsync("5");
        await SignAsync(kmc, refill);
        ILocator drill = Form(kmc, "kmc.drill.run");
        await drill.Locator("[name=pairs]").FillAsync("3");
        await SignAsync(kmc, drill);
        await Expect(drill.Locator(".done")).ToContainTextAsync("成功打开");
    }

    [Fact]
    public async Task A_lost_encryption_key_is_recovered_from_request_to_token()
    {
        (IPage holder, _, _, string encryption) = await Journey.IssuedAsync(stage, "何恢复", "he@example.cn");
        await holder.GotoAsync("/recover?serial=" + encryption);
        await holder.FillAsync("#holder", "何恢复");
        await holder.FillAsync("#why", "介质遗失在出差途中");
        await holder.ClickAsync("[data-agent=request] button");
        await Expect(holder.Locator("#request")).ToHaveValueAsync(new Regex("BEGIN CERTIFICATE REQUEST"));
        await BrowserStage.ShootAsync(holder, "recover-form");
        await holder.ClickAsync("form[method=post] button[type=submit]");
        await Expect(holder.Locator(".state")).ToContainTextAsync("已提出");
        await BrowserStage.ShootAsync(holder, "recovery-asked");

        // Another than the reviewer releases; the reviewer has no button for it and is told who can.
        IPage operators = await stage.StaffAsync("kmc-operator", "/desk/kmc");
        await CaseAsync(operators, "recovery", "何恢复", "已核验身份，受理");
        IPage administrator = await stage.StaffAsync("kmc-business-administrator", "/desk/kmc");
        await administrator.FillAsync("#remark", "身份与证书一致");
        await CaseAsync(administrator, "recovery", "何恢复", "审核通过");
        await Expect(administrator.Locator("#cases tbody tr", new PageLocatorOptions { HasText = "何恢复" })).ToContainTextAsync("业务操作员");
        await Expect(administrator.Locator("#cases tbody tr", new PageLocatorOptions { HasText = "何恢复" }).Locator("button", new LocatorLocatorOptions { HasText = "执行恢复" })).ToHaveCountAsync(0);
        await CaseAsync(operators, "recovery", "何恢复", "执行恢复");
        string code = await operators.Locator("#once code").InnerTextAsync();
        await BrowserStage.ShootAsync(operators, "desk-kmc-released");

        await Expect(holder.Locator(".state")).ToContainTextAsync("待领取", Long);
        await holder.ReloadAsync();
        await holder.FillAsync("#code", "AAAAA-AAAAA-AAAAA-AAAAA");
        await holder.ClickAsync("#recovery button[type=submit]");
        await Expect(holder.Locator("#recovery [role=status]")).ToContainTextAsync("验证码");
        await holder.FillAsync("#code", code);
        await holder.ClickAsync("#recovery button[type=submit]");
        await Expect(holder.Locator("#recovery [role=status]")).ToHaveTextAsync("证书和密钥已写入介质", new LocatorAssertionsToHaveTextOptions { Timeout = 90_000 });
        await Expect(holder.Locator(".state")).ToContainTextAsync("已领取", Long);

        // The token has it: the agent shows the encryption certificate in a container without a signing certificate.
        string tokens = await holder.EvaluateAsync<string>("async () => JSON.stringify(await (await fetch('http://127.0.0.1:17880/v1/tokens')).json())");
        Assert.Contains(System.Text.Json.JsonDocument.Parse(tokens).RootElement.EnumerateArray().SelectMany(token => token.GetProperty("containers").EnumerateArray()), container =>
            !container.TryGetProperty("signing", out _) && container.GetProperty("encryption").EnumerateArray().Any(one => one.GetProperty("serial").GetString() == encryption));
    }

    private static ILocator Form(IPage page, string act) => page.Locator($"form[data-act='{act}']");

    private static async Task SignAsync(IPage page, ILocator form)
    {
        await form.Locator("button[type=submit]").ClickAsync();
        await Expect(page.Locator("#sign")).ToBeVisibleAsync();
        await page.ClickAsync("#sign-go");
        await Expect(form.Locator(".done .good")).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 90_000 });
    }

    private static async Task CaseAsync(IPage page, string kind, string about, string act)
    {
        await page.ClickAsync($"[data-cases={kind}]");
        await page.Locator("#cases tbody tr", new PageLocatorOptions { HasText = about }).Locator("button", new LocatorLocatorOptions { HasText = act }).ClickAsync();
        await page.ClickAsync("#sign-go");
        await Expect(page.Locator("#cases tbody tr", new PageLocatorOptions { HasText = about }).Locator("button", new LocatorLocatorOptions { HasText = act })).ToHaveCountAsync(0);
    }

    // The page of my certificates says the state as OCSP does; asked again until the facts have come, a minute and a half at most.
    private static async Task StateAsync(IPage holder, string serial, string state)
    {
        for (int tries = 0; ; tries++)
        {
            await holder.GotoAsync("/mine");
            await holder.ClickAsync("#from-token button");
            ILocator card = holder.Locator(".half", new PageLocatorOptions { HasText = serial });
            await Expect(card).ToBeVisibleAsync();
            if ((await card.InnerTextAsync()).Contains(state, StringComparison.Ordinal))
            {
                return;
            }

            Assert.True(tries < 180, $"{serial} did not become {state}");
            await Task.Delay(500);
        }
    }
}
