using System.Text.RegularExpressions;
using Hufu.Pki;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>The places of those who lead and administer: figures with charts, deeds by two people, staff with conflicts shown before they are tried, cases and search of the registration authority, justice.</summary>
[Collection(nameof(BrowserStage))]
public sealed class OfficeTests(BrowserStage stage)
{
    [Fact]
    public async Task The_authoritys_figures_are_charts_with_their_tables()
    {
        IPage page = await stage.StaffAsync("ca-auditor", "/desk/figures");
        await Expect(page.Locator("#figures figure svg rect").First).ToBeVisibleAsync();
        await Expect(page.Locator("#figures figure")).Not.ToHaveCountAsync(0);
        await Expect(page.Locator("#figures .card svg.life")).ToHaveCountAsync(2); // root and operational
        await BrowserStage.UnfoldAsync(page.Locator("#figures figure summary").First);
        await Expect(page.Locator("#figures figure table").First).ToBeVisibleAsync();
        await BrowserStage.ShootAsync(page, "desk-figures-drawn");

        // Who may not is told so by the room, and nothing is drawn.
        IPage other = await stage.StaffAsync("ra-entry-clerk", "/desk/figures");
        await Expect(other.Locator("#trouble")).ToBeVisibleAsync();
        await Expect(other.Locator("#figures figure")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_deed_is_proposed_by_one_and_carried_out_when_another_approves()
    {
        IPage one = await stage.StaffAsync("ca-business-administrator", "/desk/deeds");
        ILocator form = one.Locator("details", new PageLocatorOptions { HasText = "登记禁用的密钥" });
        await BrowserStage.UnfoldAsync(form.Locator("summary"));
        await form.Locator("[name=keys]").FillAsync(new string('a', 64));
        await form.Locator("[name=words]").FillAsync("在公开的代码仓库中发现了私钥");
        await form.Locator("button[type=submit]").ClickAsync();
        await one.ClickAsync("#sign-go");
        await form.Locator(".done a.button").ClickAsync();
        await Expect(one.Locator("#deed")).ToContainTextAsync("待批准");
        await BrowserStage.ShootAsync(one, "desk-deed-proposed");
        string address = one.Url;

        // The proposer cannot approve.
        await one.FillAsync("#d-remark", "同意");
        await one.Locator("#deed button[type=submit]").ClickAsync();
        await one.ClickAsync("#sign-go");
        await Expect(one.Locator("#trouble")).ToBeVisibleAsync();

        IPage two = await stage.StaffAsync("ca-super-administrator");
        await two.GotoAsync(address);
        await two.FillAsync("#d-remark", "已核对");
        await two.Locator("#deed button[type=submit]").ClickAsync();
        await two.ClickAsync("#sign-go");
        await Expect(two.Locator("#deed .done .good")).ToBeVisibleAsync();
        await two.ReloadAsync();
        await Expect(two.Locator("#deed")).ToContainTextAsync("已执行");

        // The room's list in the order of a column, and the other way round.
        await two.GotoAsync("/desk/deeds");
        foreach (string order in new[] { "ascending", "descending" })
        {
            await two.Locator("#deeds thead th:nth-child(3) a").ClickAsync();
            await Expect(two.Locator("#deeds thead th:nth-child(3)")).ToHaveAttributeAsync("aria-sort", order);
            string[] reasons = [.. (await two.Locator("#deeds tbody td:nth-child(3)").AllTextContentsAsync()).Select(text => text.Trim())];
            Assert.NotEmpty(reasons);
            Assert.Equal(order == "ascending" ? reasons.Order(StringComparer.Ordinal) : reasons.OrderDescending(StringComparer.Ordinal), reasons);
        }
    }

    /// <summary>Which keys no backup holds is read in a session; a split without its share holders is refused.</summary>
    [Fact]
    public async Task The_authoritys_keys_stand_with_their_backup_and_no_split_is_made_without_share_holders()
    {
        IPage page = await stage.StaffAsync("ca-operator", "/desk/ceremonies");
        await Expect(page.Locator("#split-session")).ToBeVisibleAsync();
        await BrowserStage.SignInAsync(page, "ca", "ca-operator");
        await page.GotoAsync("/desk/ceremonies");
        await Expect(page.Locator("#key-backups tbody tr").First).ToBeVisibleAsync();
        await Expect(page.Locator("#split-state")).ToHaveTextAsync(new Regex("备份"));
        await page.FillAsync("#sp-reason", "试一试");
        await page.Locator("form[data-act='ceremony.backup.split'] button[type=submit]").ClickAsync();
        await Expect(page.Locator("#sign-effect")).ToContainTextAsync("只显示这一次");
        await page.ClickAsync("#sign-go");
        await Expect(page.Locator("#trouble")).ToContainTextAsync("shares-too-few");
        await Expect(page.Locator("#shares")).ToBeHiddenAsync();
        await BrowserStage.ShootAsync(page, "desk-ceremonies-split");
    }

    [Fact]
    public async Task A_conflict_of_roles_is_shown_before_it_is_tried_and_an_appointment_waits_for_a_second_person()
    {
        IPage page = await stage.StaffAsync("ra-business-administrator", "/desk/staff");
        await page.ClickAsync("button[data-room=ra]");
        await Expect(page.Locator("#no-session")).ToBeVisibleAsync();
        await BrowserStage.SignInAsync(page, "ra", "ra-business-administrator");
        await page.GotoAsync("/desk/staff");
        await page.ClickAsync("button[data-room=ra]");
        ILocator clerk = page.Locator("#staff tbody tr", new PageLocatorOptions { HasText = "陈录入" });
        await Expect(clerk).ToContainTextAsync("审计员"); // what they cannot hold as well
        await BrowserStage.UnfoldAsync(page.Locator("details", new PageLocatorOptions { HasText = "任命人员" }).Last.Locator("summary"));
        await page.FillAsync("#a-name", "陈录入");
        await page.SelectOptionAsync("#a-role", "vetter"); // the auditor of this room is of its initialisation, and not offered
        await Expect(page.Locator("#a-conflict")).ToContainTextAsync("不得兼任");
        await page.FillAsync("#a-name", "新来人");
        await Expect(page.Locator("#a-conflict")).ToBeHiddenAsync();
        await BrowserStage.ShootAsync(page, "desk-staff-list");

        // A training is put on record, and the list can be put in order.
        await BrowserStage.UnfoldAsync(page.Locator("main details > summary", new PageLocatorOptions { HasText = "登记审查" }));
        ILocator fitness = page.Locator("form[data-act='staff.fitness.record']");
        await fitness.Locator("[name=person]").SelectOptionAsync(new SelectOptionValue { Label = "陈录入" });
        await fitness.Locator("[name=kind]").SelectOptionAsync("training");
        await fitness.Locator("[name=on]").FillAsync(TimeProvider.System.GetUtcNow().AddHours(7).ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture));
        await fitness.Locator("[name=evidence]").FillAsync("培训档案 2026-17");
        await fitness.Locator("button[type=submit]").ClickAsync();
        await page.ClickAsync("#sign-go");
        await Expect(fitness.Locator(".done .good")).ToBeVisibleAsync();
        await page.ClickAsync("#staff thead th:nth-child(2) button");
        await Expect(page.Locator("#staff thead th:nth-child(2)")).ToHaveAttributeAsync("aria-sort", "ascending");
        IReadOnlyList<string> roles = await page.Locator("#staff tbody td:nth-child(2)").AllInnerTextsAsync();
        await page.ClickAsync("#staff thead th:nth-child(2) button");
        await Expect(page.Locator("#staff thead th:nth-child(2)")).ToHaveAttributeAsync("aria-sort", "descending");
        Assert.Equal(roles.Reverse(), await page.Locator("#staff tbody td:nth-child(2)").AllInnerTextsAsync());

        // The auditor of the room sees the same list.
        IPage auditor = await stage.StaffAsync("ra-auditor", "/desk/staff");
        await BrowserStage.SignInAsync(auditor, "ra", "ra-auditor");
        await auditor.GotoAsync("/desk/staff");
        await auditor.ClickAsync("button[data-room=ra]");
        await Expect(auditor.Locator("#staff tbody tr")).Not.ToHaveCountAsync(0);
    }

    [Fact]
    public async Task An_appointment_waits_for_a_second_person_who_agrees_on_the_page()
    {
        // The room's first three days need no second person: it was founded four days ago, for this test.
        const long Days = 4L * 24 * 60 * 60 * 1000;
        Age(-Days);
        try
        {
            IPage one = await stage.StaffAsync("ra-business-administrator");
            await BrowserStage.SignInAsync(one, "ra", "ra-business-administrator");
            await one.GotoAsync("/desk/staff");
            await one.ClickAsync("button[data-room=ra]");
            await BrowserStage.UnfoldAsync(one.Locator("main details > summary", new PageLocatorOptions { HasText = "任命人员" }));
            await one.FillAsync("#a-name", "欧录入");
            await one.SelectOptionAsync("#a-role", "entry-clerk");
            using Sm2KeyPair pair = Sm2KeyPair.Generate();
            await one.SetInputFilesAsync("#a-request", new FilePayload { Name = "request.p10", MimeType = "application/pkcs10", Buffer = CertificationRequest.Create(DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "clerk")), pair).Encode() });

            // A contractor's people hold no role of certification; the room says so.
            await one.SelectOptionAsync("#a-employment", "contractor");
            await one.Locator("form[data-act='staff.appoint'] button[type=submit]").ClickAsync();
            await one.ClickAsync("#sign-go");
            await Expect(one.Locator("#trouble")).ToBeVisibleAsync();
            await one.SelectOptionAsync("#a-employment", "own-staff");
            await one.Locator("form[data-act='staff.appoint'] button[type=submit]").ClickAsync();
            await one.ClickAsync("#sign-go");
            await Expect(one.Locator("form[data-act='staff.appoint'] .done")).ToContainTextAsync("等待复核");
            await Expect(one.Locator("#proposals tbody tr")).ToHaveCountAsync(1);
            await Expect(one.Locator("#proposals tbody button")).ToHaveCountAsync(0); // not whoever proposed it
            await Expect(one.Locator("#staff tbody")).Not.ToContainTextAsync("欧录入");

            IPage two = await stage.StaffAsync("ra-auditor");
            await BrowserStage.SignInAsync(two, "ra", "ra-auditor");
            await two.GotoAsync("/desk/staff");
            await two.ClickAsync("button[data-room=ra]");
            await BrowserStage.ShootAsync(two, "desk-staff-second");
            await two.Locator("#proposals tbody button").ClickAsync();
            await Expect(two.Locator("#sign-text")).ToContainTextAsync("act.second");
            await two.ClickAsync("#sign-go");
            await Expect(two.Locator("#staff tbody")).ToContainTextAsync("欧录入");
            await Expect(two.Locator("#proposals tbody tr")).ToHaveCountAsync(0);
        }
        finally
        {
            Age(Days);
        }
    }

    private void Age(long by) => Assert.Equal(1, stage.Change("ra", "UPDATE staff_people SET added = added + @by WHERE id = (SELECT min(id) FROM staff_people)", ("@by", by)));

    [Fact]
    public async Task A_case_is_entered_by_one_and_refused_by_another_and_an_application_is_found()
    {
        (_, string id, string signing, _) = await Journey.IssuedAsync(stage, "安寻找", "an@example.cn");
        IPage clerk = await stage.StaffAsync("ra-entry-clerk", "/desk/cases");
        ILocator form = clerk.Locator("form[data-act='ra.case.enter']");
        await form.Locator("[name=kind]").SelectOptionAsync("suspension");
        await form.Locator("[name=serial]").FillAsync(signing);
        await form.Locator("[name=asker]").SelectOptionAsync("holder");
        await form.Locator("[name=askedAt]").FillAsync(TimeProvider.System.GetUtcNow().AddHours(-1).ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture));
        await form.Locator("[name=reason]").FillAsync("持有者出国，暂不使用");
        await form.Locator("[name=proof]").FillAsync("本人到场，出示证件");
        await form.Locator("button[type=submit]").ClickAsync();
        await clerk.ClickAsync("#sign-go");
        await Expect(form.Locator(".done .good")).ToBeVisibleAsync();
        await clerk.ClickAsync("button[data-state=entered]");
        await Expect(clerk.Locator("#cases tbody tr", new PageLocatorOptions { HasText = signing })).ToBeVisibleAsync();
        await BrowserStage.ShootAsync(clerk, "desk-cases-entered");

        // The room filters and orders: another kind has none of it, its own has; why is read when the case is opened.
        await clerk.SelectOptionAsync("#filter [name=kind]", "recovery");
        await Expect(clerk.Locator("#cases tbody tr", new PageLocatorOptions { HasText = signing })).ToHaveCountAsync(0);
        await clerk.SelectOptionAsync("#filter [name=kind]", "suspension");
        await clerk.SelectOptionAsync("#filter [name=order]", "asked/newest");
        await clerk.FillAsync("#filter [name=serial]", signing);
        await clerk.PressAsync("#filter [name=serial]", "Enter");
        await Expect(clerk.Locator("#cases tbody tr")).ToHaveCountAsync(1);
        await BrowserStage.UnfoldAsync(clerk.Locator("#cases tbody summary"));
        await Expect(clerk.Locator("#cases tbody details")).ToContainTextAsync("持有者出国");
        IPage vetter = await stage.StaffAsync("ra-vetter", "/desk/cases");
        await vetter.FillAsync("#remark", "持有者改变了主意");
        await vetter.Locator("#cases tbody tr", new PageLocatorOptions { HasText = signing }).Locator("button", new LocatorLocatorOptions { HasText = "拒绝" }).ClickAsync();
        await vetter.ClickAsync("#sign-go");
        await Expect(vetter.Locator("#cases tbody tr", new PageLocatorOptions { HasText = signing })).ToHaveCountAsync(0);

        await clerk.GotoAsync("/desk/search");
        await clerk.FillAsync("#s-what", "安寻");
        await clerk.FillAsync("#s-purpose", "接听来电");
        await clerk.ClickAsync("#search button[type=submit]");
        await Expect(clerk.Locator("#found tbody")).ToContainTextAsync(id);
        await BrowserStage.ShootAsync(clerk, "desk-search-found");
        await clerk.SelectOptionAsync("#s-by", "serial");
        await clerk.FillAsync("#s-what", signing);
        await clerk.ClickAsync("#search button[type=submit]");
        await Expect(clerk.Locator("#found tbody tr")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task An_order_of_justice_goes_from_registration_to_the_file_on_its_carrier()
    {
        (_, _, _, string encryption) = await Journey.IssuedAsync(stage, "司取证", "si@example.cn");
        IPage operators = await stage.StaffAsync("kmc-operator", "/desk/kmc");
        await BrowserStage.UnfoldAsync(operators.Locator("summary", new PageLocatorOptions { HasText = "司法取证：登记" }));
        ILocator form = operators.Locator("form[data-act='kmc.justice.register']");
        foreach (int n in new[] { 0, 1 })
        {
            await form.Locator($"[name='officers.{n}.name']").FillAsync("警官" + n);
            await form.Locator($"[name='officers.{n}.unit']").FillAsync("市公安局");
            await form.Locator($"[name='officers.{n}.badge']").FillAsync("0001" + n);
        }

        await form.Locator("[name='papers.0.title']").FillAsync("调取证据通知书");
        await form.Locator("[name='papers.0.number']").FillAsync("（2026）调字 7 号");
        await form.Locator("[name='papers.0.sm3']").SetInputFilesAsync(new FilePayload { Name = "order.png", MimeType = "image/png", Buffer = Journey.Paper });
        await form.Locator("[name=userCertNumbers]").FillAsync(encryption);
        await form.Locator("[name=validUntil]").FillAsync(TimeProvider.System.GetUtcNow().AddDays(3).ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture));
        await form.Locator("[name=carrierLabel]").FillAsync("U 盘 SN-42");
        await form.Locator("button[type=submit]").ClickAsync();
        await operators.ClickAsync("#sign-go");
        await Expect(form.Locator(".done .good")).ToBeVisibleAsync();

        foreach ((string role, string act) in new[] { ("kmc-business-administrator", "审核通过"), ("kmc-auditor", "见证") })
        {
            IPage page = await stage.StaffAsync(role, "/desk/kmc");
            await StepAsync(page, act);
            await page.Context.DisposeAsync();
        }

        await StepAsync(operators, "导出");
        await Expect(operators.Locator("#once a[download^='justice-']")).ToBeVisibleAsync();
        await Expect(operators.Locator("#once .secret code")).ToHaveTextAsync(new Regex("\\S+")); // the carrier's key, for paper
        await BrowserStage.ShootAsync(operators, "desk-justice-exported");
        await operators.Locator("#once button").ClickAsync();
        await Expect(operators.Locator("#once")).ToBeHiddenAsync();
    }

    private static async Task StepAsync(IPage page, string act)
    {
        await page.ClickAsync("[data-cases=justice]");
        ILocator button = page.Locator("#cases tbody tr", new PageLocatorOptions { HasText = "警官0" }).Locator("button", new LocatorLocatorOptions { HasText = act });
        await button.ClickAsync();
        await page.ClickAsync("#sign-go");
        await Expect(button).ToHaveCountAsync(0);
    }
}
