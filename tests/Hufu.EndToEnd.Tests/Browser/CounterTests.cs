using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>The registration authority's counter and office: money, lawful demands, offices and their people, papers destroyed by three people; a half-filled form that is come back to.</summary>
[Collection(nameof(BrowserStage))]
public sealed class CounterTests(BrowserStage stage)
{
    [Fact]
    public async Task A_fee_is_recorded_and_given_back_by_two_and_a_lawful_demand_is_answered()
    {
        (IPage holder, string id) = await Journey.AppliedAsync(stage, "费缴费", "fei@example.cn", "person");
        await Expect(holder.Locator("#fee")).ToContainTextAsync("100 元");
        await Expect(holder.Locator("#fee")).ToContainTextAsync("待支付");

        // The clerk finds the application by its name and goes on from there.
        IPage clerk = await stage.StaffAsync("ra-entry-clerk", "/desk/search");
        await clerk.FillAsync("#s-what", "费缴费");
        await clerk.FillAsync("#s-purpose", "到场缴费");
        await clerk.ClickAsync("#search button[type=submit]");
        await clerk.Locator("#found tbody tr").First.Locator("a", new LocatorLocatorOptions { HasText = "费用" }).ClickAsync();
        await Expect(clerk.Locator("#prices tbody")).ToContainTextAsync("100 元");
        ILocator record = Form(clerk, "ra.payment.record");
        await Expect(record.Locator("[name=application]")).ToHaveValueAsync(id);
        await record.Locator("[name=amount]").FillAsync("99.5");
        await record.Locator("[name=reference]").FillAsync("收据 0007");
        await record.Locator("button[type=submit]").ClickAsync();
        await clerk.ClickAsync("#sign-go");
        await Expect(clerk.Locator("#trouble")).ToBeVisibleAsync(); // not the whole fee
        await record.Locator("[name=amount]").FillAsync("100");
        await SignAsync(clerk, record, "已支付");
        await Expect(record.Locator(".done")).ToContainTextAsync("100 元");
        await Expect(clerk.Locator("#trouble")).ToBeHiddenAsync();

        // Given back: asked for by one, approved by another; whoever asked cannot approve.
        ILocator ask = Form(clerk, "ra.refund.ask");
        await ask.Locator("[name=reason]").FillAsync("申请人撤回");
        await SignAsync(clerk, ask, "退费待批");
        ILocator own = Form(clerk, "ra.refund.approve");
        await own.Locator("[name=remark]").FillAsync("同意");
        await own.Locator("button[type=submit]").ClickAsync();
        await clerk.ClickAsync("#sign-go");
        await Expect(clerk.Locator("#trouble")).ToBeVisibleAsync();
        IPage administrator = await stage.StaffAsync("ra-business-administrator", "/desk/fees");

        // What waits for a decision is listed; the number goes from the row into the forms.
        ILocator waiting = await ListedAsync(administrator, "refund-asked", "#fees", id);
        await Expect(waiting).ToContainTextAsync("100 元");
        await Expect(waiting).Not.ToContainTextAsync("费缴费"); // masked for who need not know
        await BrowserStage.ShootAsync(administrator, "desk-fees-list");
        await waiting.Locator("button").ClickAsync();
        ILocator approve = Form(administrator, "ra.refund.approve");
        await Expect(approve.Locator("[name=application]")).ToHaveValueAsync(id);
        await approve.Locator("[name=remark]").FillAsync("符合退费规定");
        await SignAsync(administrator, approve, "已退费");
        await BrowserStage.ShootAsync(administrator, "desk-fees-refunded");
        await Expect(waiting).ToHaveCountAsync(0); // and no longer waits
        await holder.ReloadAsync();
        await Expect(holder.Locator("#fee")).ToContainTextAsync("已退费");

        // A lawful demand: the fields that were listed and no others, shown once to whoever releases.
        IPage vetter = await stage.StaffAsync("ra-vetter", "/desk/disclosures?id=" + id);
        ILocator enter = Form(vetter, "ra.disclosure.enter");
        await enter.Locator("[name=to]").FillAsync("市公安局 警官甲、警官乙");
        await enter.Locator("[name=papers]").FillAsync("调取证据通知书（2026）调字 9 号");
        await enter.Locator("[name=fields]").SelectOptionAsync(["personName", "phone"]);
        await SignAsync(vetter, enter, "编号");
        string demand = await enter.Locator(".done dd").First.InnerTextAsync();
        await administrator.GotoAsync("/desk/disclosures");
        ILocator asked = await ListedAsync(administrator, "entered", "#demands", id);
        await asked.Locator("button").ClickAsync();
        await Expect(administrator.Locator("#demand")).ToContainTextAsync("市公安局 警官甲、警官乙");
        await Expect(administrator.Locator("#demand")).ToContainTextAsync("姓名");
        await Expect(administrator.Locator("#demand")).Not.ToContainTextAsync("13800138000"); // names of fields, no values yet
        await BrowserStage.ShootAsync(administrator, "desk-demand-open");
        ILocator release = Form(administrator, "ra.disclosure.release");
        await Expect(release.Locator("[name=disclosure]")).ToHaveValueAsync(demand);
        await release.Locator("[name=remark]").FillAsync("人员与文书相符");
        await SignAsync(administrator, release, "13800138000");
        await Expect(release.Locator(".done")).ToContainTextAsync("姓名");
        await Expect(release.Locator(".done")).Not.ToContainTextAsync("110101199003074717");
        await Expect(asked).ToHaveCountAsync(0);

        // The list is not an entry clerk's to read.
        await clerk.GotoAsync("/desk/disclosures");
        await clerk.FillAsync("#ask [name=purpose]", "看一看");
        await clerk.ClickAsync("#ask button");
        await Expect(clerk.Locator("#trouble")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_office_is_opened_a_person_is_placed_there_and_it_is_closed()
    {
        IPage page = await stage.StaffAsync("ra-business-administrator");
        await BrowserStage.SignInAsync(page, "ra", "ra-business-administrator");
        await page.GotoAsync("/desk/offices");
        await Expect(page.Locator("#people option", new PageLocatorOptions { HasText = "褚审核" })).ToBeAttachedAsync();
        ILocator open = Form(page, "ra.office.open");
        await open.Locator("[name=kind]").SelectOptionAsync("regional");
        await open.Locator("[name=id]").FillAsync("east");
        await open.Locator("[name=name]").FillAsync("东城地区注册机构");
        await open.Locator("[name=address]").FillAsync("东城路 1 号，工作日 9:00—17:00");
        await SignAsync(page, open, "东城地区注册机构");
        await Expect(page.Locator("#offices")).ToContainTextAsync("东城路 1 号");
        await open.Locator("[name=parent]").SelectOptionAsync("east"); // offered at once
        await open.Locator("[name=kind]").SelectOptionAsync("counter");
        await open.Locator("[name=id]").FillAsync("east-1");
        await open.Locator("[name=name]").FillAsync("东城第一受理点");
        await open.Locator("[name=profiles]").SelectOptionAsync(["person"]);
        await SignAsync(page, open, "个人证书");
        await Expect(open.Locator(".done")).ToContainTextAsync("东城地区注册机构"); // the office above, by its name
        await Expect(page.Locator("#offices .deep2")).ToHaveTextAsync("东城第一受理点");
        await BrowserStage.ShootAsync(page, "desk-offices-tree");

        // Somebody who is nobody is refused; a person is placed, and back again.
        ILocator place = Form(page, "ra.office.staff");
        await place.Locator("[name=office]").SelectOptionAsync("east-1");
        await place.Locator("[name=person]").FillAsync("P9999");
        await place.Locator("button[type=submit]").ClickAsync();
        await page.ClickAsync("#sign-go");
        await Expect(page.Locator("#trouble")).ToBeVisibleAsync();
        string clerk = await page.Locator("#people option", new PageLocatorOptions { HasText = "吴注管" }).GetAttributeAsync("value") ?? "";
        await place.Locator("[name=person]").FillAsync(clerk);
        await SignAsync(page, place, "东城第一受理点");
        await Expect(page.Locator("#trouble")).ToBeHiddenAsync();
        await page.SelectOptionAsync("#ask [name=office]", "east-1");
        await page.ClickAsync("#ask button");
        await Expect(page.Locator("#placed tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("#placed tbody")).ToContainTextAsync("吴注管");
        await Expect(page.Locator("#placed tbody")).ToContainTextAsync("东城第一受理点");
        await BrowserStage.ShootAsync(page, "desk-offices-people");

        // An office with others below it stays until they are closed; who worked there goes to the office above.
        ILocator close = Form(page, "ra.office.close");
        await close.Locator("[name=office]").SelectOptionAsync("east");
        await close.Locator("[name=reason]").FillAsync("调整布局");
        await close.Locator("button[type=submit]").ClickAsync();
        await page.ClickAsync("#sign-go");
        await Expect(page.Locator("#trouble")).ToBeVisibleAsync();
        foreach (string office in new[] { "east-1", "east" })
        {
            await close.Locator("[name=office]").SelectOptionAsync(office);
            await close.Locator("button[type=submit]").ClickAsync();
            await page.ClickAsync("#sign-go");
            await Expect(page.Locator($"#offices code:text-is('{office}')")).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task Papers_are_destroyed_by_three_people_over_one_list()
    {
        (IPage holder, string id) = await Journey.AppliedAsync(stage, "齐期满", "qi@example.cn");
        await BrowserStage.UnfoldAsync(holder.Locator("details", new PageLocatorOptions { HasText = "撤回" }).Last.Locator("summary"));
        await holder.ClickAsync("form[action*=withdrawal] button");
        await Expect(holder.Locator(".state")).ToContainTextAsync("已撤回");

        // Eleven years go by, and the month's package is made.
        Assert.Equal(1, stage.Change("ra", "UPDATE ra_applications SET ended_at = ended_at - @years, waiting_since = waiting_since - @years WHERE id = @id", ("@years", 11L * 366 * 24 * 60 * 60 * 1000), ("@id", id)));
        IPage administrator = await stage.StaffAsync("ra-business-administrator", "/desk/archive");
        await administrator.ClickAsync("#read");
        await administrator.FillAsync("#reason", "月度归档");
        await administrator.Locator("#classes tbody tr", new PageLocatorOptions { HasText = "申请的资料" }).Locator("button").ClickAsync();
        await administrator.ClickAsync("#sign-go");
        await Expect(administrator.Locator("#packages tbody")).ToContainTextAsync("ra-evidence-");

        IPage clerk = await stage.StaffAsync("ra-entry-clerk", "/desk/papers");
        ILocator propose = Form(clerk, "ra.papers.propose");
        await propose.Locator("[name=reason]").FillAsync("保存期满");
        await SignAsync(clerk, propose, id);
        string number = await propose.Locator(".done dd").First.InnerTextAsync();
        await BrowserStage.ShootAsync(clerk, "desk-papers-proposed");

        // Not whoever proposed it; and no list but the one that was proposed: the page computes the digest again from what it shows.
        await StepAsync(clerk, number, id, "proposed", "approval", false);
        await administrator.RouteAsync("**/api/ra/destructions/*/reading", async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = (await answer.TextAsync()).Replace(id, id + "1", StringComparison.Ordinal) });
        });
        await administrator.GotoAsync("/desk/papers");
        await (await ListedAsync(administrator, "proposed", "#proposals", number)).Locator("button").ClickAsync();
        await Expect(administrator.Locator("#trouble")).ToContainTextAsync("摘要不一致");
        await Expect(administrator.Locator("#step")).ToBeHiddenAsync();
        await administrator.UnrouteAllAsync();
        await StepAsync(administrator, number, id, "proposed", "approval", true);
        IPage auditor = await stage.StaffAsync("ra-auditor", "/desk/papers");
        await StepAsync(auditor, number, id, "approved", "destruction", true);
        await Expect(auditor.Locator("#done")).ToContainTextAsync("已销毁");
        await Expect(await ListedAsync(auditor, "destroyed", "#proposals", number)).ToContainTextAsync("保存期满");
        await BrowserStage.ShootAsync(auditor, "desk-papers-destroyed");
    }

    [Fact]
    public async Task A_half_filled_form_is_come_back_to_by_its_link_and_paid_for_online()
    {
        IPage page = await stage.PageAsync();
        await page.GotoAsync("/apply/person");
        await page.FillAsync("[name='field.personName']", "半填表");
        await page.FillAsync("[name='field.phone']", "13800138000");
        await page.ClickAsync("#draft button");
        await Expect(page.Locator("#draft-link")).ToBeVisibleAsync();
        string link = await page.Locator("#draft-link a").GetAttributeAsync("href") ?? "";
        await page.Context.DisposeAsync();

        // Another day, another browser, the other language; a link that was not copied whole opens nothing.
        IPage later = await stage.PageAsync(390);
        await later.GotoAsync(new Uri(link[..^3]).PathAndQuery + "?lang=en#" + link[..^3].Split('#')[1]);
        await Expect(later.Locator("#draft-open")).ToContainTextAsync("opens nothing");
        await BrowserStage.ShootAsync(later, "draft-gone");
        await later.GotoAsync("/");
        await later.GotoAsync(new Uri(link).PathAndQuery + new Uri(link).Fragment);
        await Expect(later).ToHaveURLAsync(new Regex("/apply/person$"));
        await Expect(later.Locator("[name='field.personName']")).ToHaveValueAsync("半填表");
        await Expect(later.Locator("#draft [role=status]")).ToContainTextAsync("已填入");
        await later.FillAsync("[name='field.identityNumber']", "110101199003074717");
        await later.ClickAsync("#draft button");
        await Expect(later.Locator("#draft [role=status]")).ToHaveTextAsync("已保存。");
        await BrowserStage.ShootAsync(later, "draft-filled");
        await later.FillAsync("[name='field.email']", "ban@example.cn");
        await later.ClickAsync("[data-agent=request] button");
        await Expect(later.Locator("#request")).ToHaveValueAsync(new Regex("BEGIN CERTIFICATE REQUEST"));
        await later.FillAsync("#phrase", "点击也能撤销 2026");
        await later.CheckAsync("[name=accepted]");
        await later.ClickAsync("form button[type=submit]");
        await Expect(later).ToHaveURLAsync(new Regex("/applications/[^/]+\\?new=1"));
        await later.WaitForFunctionAsync("sessionStorage.getItem('hufu-draft') === null"); // it is an application now
        await later.SetInputFilesAsync("input[type=file]", new FilePayload { Name = "id.png", MimeType = "image/png", Buffer = Journey.Paper });
        await later.ClickAsync(".form.line button");
        await later.ClickAsync("form[action*=submission] button");
        await Expect(later.Locator("#fee")).ToContainTextAsync("待支付");
        await later.ClickAsync("#fee button");
        await Expect(later.Locator("#fee")).ToContainTextAsync("模拟支付");
        await BrowserStage.ShootAsync(later, "holder-paying");
        await later.ClickAsync("#fee button");
        await Expect(later.Locator("#fee")).ToContainTextAsync("已支付");
    }

    private static async Task<ILocator> ListedAsync(IPage page, string state, string table, string id)
    {
        await page.SelectOptionAsync("#ask [name=state]", state);
        await page.FillAsync("#ask [name=purpose]", "办理待办事项");
        await page.ClickAsync("#ask button");
        ILocator row = page.Locator(table + " tbody tr", new PageLocatorOptions { HasText = id });
        await Expect(row).ToBeVisibleAsync();
        return row;
    }

    private static ILocator Form(IPage page, string act) => page.Locator($"form[data-act='{act}']");

    private static async Task SignAsync(IPage page, ILocator form, string answered)
    {
        await form.Locator("button[type=submit]").ClickAsync();
        await page.ClickAsync("#sign-go");
        await Expect(form.Locator(".done")).ToContainTextAsync(answered);
    }

    private static async Task StepAsync(IPage page, string number, string id, string state, string step, bool done)
    {
        await (await ListedAsync(page, state, "#proposals", number)).Locator("button").ClickAsync();
        await Expect(page.Locator("#list tbody")).ToContainTextAsync(id);
        await page.FillAsync("#ps-remark", "已核对清单");
        await BrowserStage.ShootAsync(page, "desk-papers-" + step);
        await page.ClickAsync($"#step button[value={step}]");
        await page.ClickAsync("#sign-go");
        await Expect(page.Locator(done ? "#done" : "#trouble")).ToHaveTextAsync(new Regex("\\S+"));
    }
}
