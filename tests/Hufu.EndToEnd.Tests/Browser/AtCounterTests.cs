using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>Somebody comes to a counter: the clerk takes their application, the vetter asks a third-party source, the clerk hands the pair over and writes it into the medium.</summary>
[Collection(nameof(BrowserStage))]
public sealed class AtCounterTests(BrowserStage stage)
{
    [Fact]
    public async Task An_application_is_taken_at_a_counter_a_source_is_asked_and_the_pair_is_handed_over()
    {
        IPage clerk = await stage.StaffAsync("ra-entry-clerk", "/desk/counter");
        await clerk.SelectOptionAsync("#type", "person-trial");
        await clerk.Locator("form.filter[method=get] button").ClickAsync();
        ILocator take = Form(clerk, "ra.application.take");
        await take.Locator("[name=presentedBy]").FillAsync("柜到场");
        await take.Locator("[name=identified]").FillAsync("居民身份证原件");
        await clerk.FillAsync("#t-personName", "柜到场");
        await clerk.FillAsync("#t-identityNumber", "110101199003074718");
        await clerk.FillAsync("#t-phone", "13800138000");
        await clerk.FillAsync("#t-email", "gui@example.cn");
        await clerk.ClickAsync("[data-agent=request] button");
        await Expect(clerk.Locator("#t-request")).ToHaveValueAsync(new Regex("BEGIN CERTIFICATE REQUEST"));
        await clerk.FillAsync("#t-phrase", "柜台也能撤销 2026");
        await take.Locator("[name='application.agreementAccepted']").CheckAsync();

        // The identity number's check digit is wrong: refused in words, what was typed stays.
        await SubmitAsync(clerk, take);
        await Expect(clerk.Locator("#trouble")).ToContainTextAsync("校验位");
        await Expect(clerk.Locator("#taken")).ToBeHiddenAsync();
        await clerk.FillAsync("#t-identityNumber", "110101199003074717");
        await SubmitAsync(clerk, take);
        await Expect(take.Locator(".done .good")).ToBeVisibleAsync();
        string id = await clerk.Locator("#taken-id").InnerTextAsync();
        string code = await clerk.Locator("#taken-code").InnerTextAsync();

        // Without its paper it is not submitted; with it it is.
        await clerk.ClickAsync("#taken-submit");
        await Expect(clerk.Locator("#trouble")).ToBeVisibleAsync();
        await clerk.SetInputFilesAsync("#paper-identity-document", Paper());
        await clerk.ClickAsync("#taken-submit");
        await Expect(clerk.Locator("#taken-done")).ToContainTextAsync("等待录入");
        await BrowserStage.ShootAsync(clerk, "desk-counter-taken");

        // The applicant reads it with the code of the receipt.
        IPage holder = await stage.PageAsync();
        await holder.GotoAsync("/applications");
        await holder.FillAsync("[name=id]", id);
        await holder.FillAsync("[name=token]", code);
        await holder.Locator("main form button").First.ClickAsync();
        await Expect(holder.Locator(".state")).ToContainTextAsync("待录入");

        await Journey.EnterAsync(stage, "柜到场");
        IPage vetter = await stage.StaffAsync("ra-vetter", "/desk/ra");
        await Journey.OpenAsync(vetter, "entered", "柜到场");
        ILocator asked = vetter.Locator("#checks .source:visible");
        await Expect(asked).ToHaveCountAsync(1);
        await asked.Locator("button").ClickAsync();
        await vetter.ClickAsync("#sign-go");
        await Expect(asked).ToContainTextAsync("模拟数据");
        await Expect(asked.Locator("[role=status]")).ToHaveClassAsync(new Regex("good"));
        await BrowserStage.ShootAsync(vetter, "desk-source-asked");

        // It is shown again to whoever opens the file later, and the approval rests on it.
        await vetter.ReloadAsync();
        await Journey.OpenAsync(vetter, "entered", "柜到场");
        await Expect(vetter.Locator("#checks .source:visible")).ToContainTextAsync("模拟数据");
        await Journey.VetAsync(vetter, "柜到场");

        // Found by name, handed over from there.
        await Expect(holder.Locator(".state")).ToContainTextAsync("待领取"); // the order goes to the authority and back; the page tells by itself
        string serial = await FoundAsync(clerk, "柜到场");
        await clerk.Locator("#found tbody tr").First.Locator("a", new LocatorLocatorOptions { HasText = "当面交付" }).ClickAsync();
        ILocator hand = Form(clerk, "ra.pair.hand-over");
        await Expect(hand.Locator("[name=application]")).ToHaveValueAsync(id);

        // It stands among what waits, too.
        await hand.Locator("[name=application]").FillAsync("");
        await clerk.FillAsync("#ask [name=purpose]", "到场领取");
        await clerk.ClickAsync("#ask button");
        ILocator waiting = clerk.Locator("#waiting tbody tr", new PageLocatorOptions { HasText = id });
        await Expect(waiting).ToContainTextAsync("受理点");
        await waiting.Locator("button").ClickAsync();
        await Expect(hand.Locator("[name=application]")).ToHaveValueAsync(id);
        await Expect(hand.Locator("[name=serial]")).ToHaveValueAsync(serial);
        await hand.Locator("[name=receivedBy]").FillAsync("柜到场");
        await hand.Locator("[name=identified]").FillAsync("居民身份证原件");
        await hand.Locator("[name=serial]").FillAsync("00ff");
        await SubmitAsync(clerk, hand);
        await Expect(clerk.Locator("#trouble")).ToBeVisibleAsync(); // not the certificate that was issued
        await hand.Locator("[name=serial]").FillAsync(serial);
        await clerk.SetInputFilesAsync("#h-scan", Receipt());
        await Expect(hand.Locator("[name=receipt]")).ToHaveValueAsync(new Regex("^[0-9a-f]{64}$"));
        await clerk.RouteAsync("**/receipts/*", route => route.FulfillAsync(new RouteFulfillOptions { Status = 204 })); // the scan is lost on its way
        await SubmitAsync(clerk, hand);
        await Expect(hand.Locator(".done .good")).ToBeVisibleAsync();
        await Expect(clerk.Locator("#trouble")).ToBeHiddenAsync();
        await clerk.ClickAsync("#m-write");
        await Expect(clerk.Locator("#m-done")).ToContainTextAsync("已写入介质");
        await Expect(waiting).ToHaveCountAsync(0);
        await BrowserStage.ShootAsync(clerk, "desk-counter-handed");
        await holder.ReloadAsync();
        await Expect(holder.Locator(".state")).ToContainTextAsync("已接受");

        // The record of this delivery, found from the search: the scan that never came is seen, and handed in; another file is not taken.
        await clerk.UnrouteAllAsync();
        await FindAsync(clerk, "柜到场");
        await clerk.Locator("#found tbody tr").First.Locator("a", new LocatorLocatorOptions { HasText = "交付记录" }).ClickAsync();
        await Expect(clerk.Locator("#dl-application")).ToHaveValueAsync(id);
        await clerk.FillAsync("#dl-purpose", "核对回执");
        await clerk.ClickAsync("#ask button");
        await Expect(clerk.Locator("#dl-record")).ToContainTextAsync(serial);
        await Expect(clerk.Locator("#dl-record")).ToContainTextAsync("柜到场");
        await Expect(clerk.Locator("#dl-scan")).ToBeVisibleAsync();
        await BrowserStage.ShootAsync(clerk, "desk-delivery-scan-missing");
        await clerk.SetInputFilesAsync("#dl-file", Paper());
        await Expect(clerk.Locator("#trouble")).ToContainTextAsync("摘要");
        await clerk.SetInputFilesAsync("#dl-file", Receipt());
        await Expect(clerk.Locator("#dl-scan")).ToBeHiddenAsync();
        await clerk.ClickAsync("#ask button");
        await Expect(clerk.Locator("#dl-record .good")).ToHaveTextAsync("已收到");
        await Expect(clerk.Locator("#trouble")).ToBeHiddenAsync();
        await BrowserStage.ShootAsync(clerk, "desk-delivery");
    }

    [Fact]
    public async Task A_source_is_not_asked_about_an_application_that_was_withdrawn()
    {
        (IPage holder, _) = await Journey.AppliedAsync(stage, "舒撤回", "shu@example.cn");
        await Journey.EnterAsync(stage, "舒撤回");
        IPage vetter = await stage.StaffAsync("ra-vetter", "/desk/ra");
        await Journey.OpenAsync(vetter, "entered", "舒撤回");
        await BrowserStage.UnfoldAsync(holder.Locator("details", new PageLocatorOptions { HasText = "撤回" }).Last.Locator("summary"));
        await holder.ClickAsync("form[action*=withdrawal] button");
        await Expect(holder.Locator(".state")).ToContainTextAsync("已撤回");
        await vetter.Locator("#checks .source:visible button").ClickAsync();
        await vetter.ClickAsync("#sign-go");
        await Expect(vetter.Locator("#trouble")).ToBeVisibleAsync();
        await Expect(vetter.Locator("#checks .source:visible [role=status]")).ToHaveTextAsync("");
    }

    private static async Task FindAsync(IPage clerk, string name)
    {
        await clerk.GotoAsync("/desk/search");
        await clerk.FillAsync("#s-what", name);
        await clerk.FillAsync("#s-purpose", "到场领取");
        await clerk.ClickAsync("#search button[type=submit]");
        await Expect(clerk.Locator("#found tbody tr")).ToHaveCountAsync(1);
    }

    private static async Task<string> FoundAsync(IPage clerk, string name)
    {
        await FindAsync(clerk, name);
        await Expect(clerk.Locator("#found tbody tr a", new PageLocatorOptions { HasText = "当面交付" })).ToHaveCountAsync(1);
        return await clerk.Locator("#found tbody tr td:nth-child(7) code").First.InnerTextAsync();
    }

    private static FilePayload Paper() => new() { Name = "paper.png", MimeType = "image/png", Buffer = Journey.Paper };

    // Another file than the application's paper: two pixels wide.
    private static FilePayload Receipt()
    {
        byte[] scan = [.. Journey.Paper];
        scan[19] = 2;
        return new() { Name = "receipt.png", MimeType = "image/png", Buffer = scan };
    }

    private static ILocator Form(IPage page, string act) => page.Locator($"form[data-act='{act}']");

    private static async Task SubmitAsync(IPage page, ILocator form)
    {
        await form.Locator("button[type=submit]").ClickAsync();
        await page.ClickAsync("#sign-go");
        await Expect(page.Locator("#sign")).ToBeHiddenAsync();
    }
}
