using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>
/// The story of <c>./hufu demo</c> clicked by people in browsers of their own: a holder, an entry clerk, a vetter, an operator of the authority, two of the key centre, an auditor; with what each is refused on the way.
/// </summary>
[Collection(nameof(BrowserStage))]
public sealed class SixPeopleTests(BrowserStage stage)
{
    private static readonly LocatorAssertionsToContainTextOptions Long = new() { Timeout = 90_000 };

    [Fact]
    public async Task Six_people_click_the_whole_story_with_its_refusals()
    {
        const string Name = "祁六人";
        IPage clerk = await stage.StaffAsync("ra-entry-clerk", "/desk/ra");
        IPage vetter = await stage.StaffAsync("ra-vetter", "/desk/ra");
        IPage ca = await stage.StaffAsync("ca-operator", "/desk/ca");
        IPage operators = await stage.StaffAsync("kmc-operator", "/desk/kmc");
        IPage auditor = await stage.StaffAsync("ra-auditor", "/desk/audit");

        // 1 The holder applies; a paper that is none is refused and nothing is lost.
        (IPage holder, string id) = await Journey.AppliedAsync(stage, Name, "qi@example.cn");

        // 2 The clerk enters; the clerk may not vet, whatever page they open.
        await Journey.OpenAsync(clerk, "submitted", Name);
        await clerk.ClickAsync("#enter");
        await clerk.ClickAsync("#sign-go");
        await Expect(clerk.Locator("#receipt")).ToContainTextAsync(Name);
        await clerk.ClickAsync("[data-queue=entered]");
        await Expect(clerk.Locator("#trouble")).ToBeVisibleAsync();

        // 3 The vetter's page, open all the while, has it without a reload. Without every check passed it is not approved; it is refused with a reason.
        await vetter.ClickAsync("[data-queue=entered]");
        await Expect(vetter.Locator("#queue tbody")).ToContainTextAsync(Name);
        await Journey.OpenAsync(vetter, "entered", Name);
        await vetter.ClickAsync("#approve");
        await vetter.ClickAsync("#sign-go");
        await Expect(vetter.Locator("#trouble")).ToBeVisibleAsync();
        await vetter.FillAsync("#remark", "证件照片不清晰，请重新上传");
        await Expect(vetter.Locator("#notice")).ToContainTextAsync("证件照片不清晰"); // as the applicant will read it
        foreach (ILocator check in await vetter.Locator("#checks li").AllAsync())
        {
            await check.Locator(".how").FillAsync("照片不清晰");
        }

        await vetter.ClickAsync("#refuse");
        await Expect(vetter.Locator("#sign-effect")).ToContainTextAsync("证件照片不清晰");
        await vetter.ClickAsync("#sign-go");
        await Expect(vetter.Locator("#receipt")).ToContainTextAsync(Name);

        // 4 The holder reads why, hands in a better paper, and it goes its way again.
        await Expect(holder.Locator(".problem")).ToContainTextAsync("证件照片不清晰", Long);
        await holder.ReloadAsync();
        await BrowserStage.ShootAsync(holder, "six-refused");
        await holder.SetInputFilesAsync("input[type=file]", new FilePayload { Name = "id.png", MimeType = "image/png", Buffer = Journey.Paper });
        await Expect(holder.Locator("img.preview")).ToBeVisibleAsync(); // seen before it is sent
        await holder.ClickAsync(".form.line button");
        await holder.ClickAsync("form[action*=submission] button");
        await Expect(holder.Locator(".state")).ToContainTextAsync("待录入");
        await Journey.EnterAndVetAsync(stage, Name);

        // 5 The pair goes into the token with the code from the mail; a wrong code first.
        await Expect(holder.Locator(".state")).ToContainTextAsync("待领取", Long);
        await holder.ReloadAsync();
        await holder.FillAsync("#code", "WRONG-WRONG-WRONG-WRONG");
        await holder.ClickAsync("form[data-agent=fetch] button");
        await Expect(holder.Locator("form[data-agent=fetch] [role=status]")).ToHaveTextAsync(new Regex("\\S+"));
        await Journey.FetchAsync(stage, holder, "qi@example.cn");
        string signing = await holder.Locator("[data-live=state] code").Nth(0).InnerTextAsync();
        string encryption = await holder.Locator("[data-live=state] code").Nth(1).InnerTextAsync();

        // 6 The operator of the authority suspends and resumes; the clerk, on the same page, may not.
        await clerk.GotoAsync("/desk/ca");
        await FormAsync(clerk, signing, "持有者电话");
        await Expect(clerk.Locator("#trouble")).ToBeVisibleAsync();
        await FormAsync(ca, signing, "持有者电话，已回拨证实");
        await Expect(ca.Locator("form[data-act='ca.certificate.suspend'] .done .good")).ToBeVisibleAsync();
        ILocator resume = ca.Locator("form[data-act='ca.certificate.resume']");
        await resume.Locator("[name=serial]").FillAsync(signing);
        await resume.Locator("[name=requestedBy]").FillAsync("持有者电话，已回拨证实");
        await resume.Locator("button[type=submit]").ClickAsync();
        await ca.ClickAsync("#sign-go");
        await Expect(resume.Locator(".done .good")).ToBeVisibleAsync();

        // 7 The encryption key is recovered: the operator enters, another approves and may not release, the operator releases; the holder fetches by code.
        await holder.GotoAsync("/recover?serial=" + encryption);
        await holder.FillAsync("#holder", Name);
        await holder.FillAsync("#why", "介质损坏");
        await holder.ClickAsync("[data-agent=request] button");
        await Expect(holder.Locator("#request")).ToHaveValueAsync(new Regex("BEGIN CERTIFICATE REQUEST"));
        await holder.ClickAsync("form[method=post] button[type=submit]");
        await Expect(holder.Locator(".state")).ToContainTextAsync("已提出");
        await CaseAsync(operators, Name, "已核验身份，受理");
        IPage administrator = await stage.StaffAsync("kmc-business-administrator", "/desk/kmc");
        await administrator.FillAsync("#remark", "身份与证书一致");
        await CaseAsync(administrator, Name, "审核通过");
        await CaseAsync(operators, Name, "执行恢复");
        string code = await operators.Locator("#once code").InnerTextAsync();
        await Expect(holder.Locator(".state")).ToContainTextAsync("待领取", Long);
        await holder.ReloadAsync();
        await holder.FillAsync("#code", code);
        await holder.ClickAsync("#recovery button[type=submit]");
        await Expect(holder.Locator(".state")).ToContainTextAsync("已领取", Long);

        // 8 The holder revokes with the phrase, a wrong one first; anybody sees it.
        await holder.GotoAsync("/revoke?serial=" + signing);
        await holder.SelectOptionAsync("#reason", "KeyCompromise");
        foreach ((string phrase, string said) in new[] { ("不是这句话 2026", ".problem"), ("点击也能撤销 2026", ".note") })
        {
            await holder.FillAsync("#phrase", phrase);
            await holder.CheckAsync("[name=sure]");
            await holder.ClickAsync("button.danger");
            await Expect(holder.Locator(said)).ToBeVisibleAsync();
        }

        IPage anybody = await stage.PageAsync(390, script: false);
        for (int tries = 0; ; tries++)
        {
            await anybody.GotoAsync("/check?serial=" + signing);
            if ((await anybody.Locator("main").InnerTextAsync()).Contains("已撤销", StringComparison.Ordinal))
            {
                break;
            }

            Assert.True(tries < 240, "the revocation was not public within two minutes");
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }

        // 9 The auditor finds all of it, each act verified: the refusal with its reason, both people, nothing broken.
        await auditor.SelectOptionAsync("#q-ledger", "ra");
        await auditor.FillAsync("#q-object", "application/" + id);
        await auditor.ClickAsync("#query button[type=submit]");
        foreach (string act in new[] { "录入申请", "审核拒绝", "审核通过", "提交申请" })
        {
            await Expect(auditor.Locator("#records tbody tr.record", new PageLocatorOptions { HasTextRegex = new Regex(act) }).First).ToBeVisibleAsync();
        }

        await Expect(auditor.Locator("#records tbody tr.record", new PageLocatorOptions { HasText = "陈录入" }).First).ToBeVisibleAsync();
        await Expect(auditor.Locator("#records tbody tr.record", new PageLocatorOptions { HasText = "褚审核" }).First).ToBeVisibleAsync();
        await Expect(auditor.Locator("#records tbody tr.broken, #records tbody tr.doubt")).ToHaveCountAsync(0);
        await BrowserStage.ShootAsync(auditor, "six-audited");

        // 10 What the applicant was told stands on the clerk's page; the letter of the refusal is printed there.
        await clerk.GotoAsync("/desk/notices?id=" + id);
        await clerk.FillAsync("#n-purpose", "为申请人打印");
        ILocator letter = clerk.Locator("#notices tbody tr", new PageLocatorOptions { HasText = "未通过" }).Locator("button");
        for (int tries = 0; ; tries++)
        {
            await clerk.ClickAsync("#ask button[type=submit]");
            await Expect(clerk.Locator("#notices tbody tr").First).ToBeVisibleAsync();
            if (await letter.CountAsync() > 0)
            {
                break;
            }

            Assert.True(tries < 180, "no letter was printed within a minute and a half");
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }

        await BrowserStage.ShootAsync(clerk, "desk-notices-read");
        IDownload printed = await clerk.RunAndWaitForDownloadAsync(() => letter.ClickAsync());
        Assert.StartsWith("%PDF-", await File.ReadAllTextAsync(await printed.PathAsync(), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task FormAsync(IPage page, string serial, string by)
    {
        ILocator form = page.Locator("form[data-act='ca.certificate.suspend']");
        await form.Locator("[name=serial]").FillAsync(serial);
        await form.Locator("[name=requestedBy]").FillAsync(by);
        await form.Locator("button[type=submit]").ClickAsync();
        await page.ClickAsync("#sign-go");
    }

    private static async Task CaseAsync(IPage page, string about, string act)
    {
        await page.ClickAsync("[data-cases=recovery]");
        ILocator button = page.Locator("#cases tbody tr", new PageLocatorOptions { HasText = about }).Locator("button", new LocatorLocatorOptions { HasText = act });
        await button.ClickAsync();
        await page.ClickAsync("#sign-go");
        await Expect(button).ToHaveCountAsync(0);
    }
}
