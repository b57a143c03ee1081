using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>How pages are handled: without an agent, by keyboard alone, left and come back to, changed by others meanwhile.</summary>
[Collection(nameof(BrowserStage))]
public sealed class HandlingTests(BrowserStage stage)
{
    [Fact]
    public async Task Without_the_agent_a_page_says_how_to_start_it_and_who_works_here_is_chosen_from_the_tokens()
    {
        foreach (string language in new[] { "", "?lang=en" })
        {
            IPage page = await stage.PageAsync();
            await page.RouteAsync("http://127.0.0.1:17880/**", route => route.AbortAsync());
            await page.GotoAsync("/desk" + language);
            await Expect(page.Locator("#trouble")).ToContainTextAsync("./hufu agent");
            await Expect(page.Locator("main pre").First).ToContainTextAsync("./hufu agent");
            await Expect(page.Locator("#people li")).ToHaveCountAsync(0);

            // The agent is started: the page finds it by itself, and everybody of the demo can be chosen.
            await page.UnrouteAsync("http://127.0.0.1:17880/**");
            await Expect(page.Locator("#people button")).ToHaveCountAsync(24);
            await page.Context.DisposeAsync();
        }

        IPage holder = await stage.PageAsync();
        await holder.RouteAsync("http://127.0.0.1:17880/**", route => route.AbortAsync());
        await holder.GotoAsync("/apply/person");
        await holder.ClickAsync("[data-agent=request] button");
        await Expect(holder.Locator("[data-agent=request] [role=status]")).ToContainTextAsync("./hufu agent");
    }

    [Fact]
    public async Task A_queue_is_worked_by_keyboard_and_Escape_signs_nothing()
    {
        await Journey.AppliedAsync(stage, "童键盘", "tong@example.cn");
        IPage clerk = await stage.StaffAsync("ra-entry-clerk", "/desk/ra");
        await Expect(clerk.Locator("#queue tbody tr", new PageLocatorOptions { HasText = "童键盘" })).ToBeVisibleAsync();

        // The first stop of the tab key leads past the navigation.
        await clerk.Keyboard.PressAsync("Tab");
        await Expect(clerk.Locator(".skip")).ToBeFocusedAsync();
        await clerk.Keyboard.PressAsync("Enter");
        await Expect(clerk).ToHaveURLAsync(new Regex("#main$"));
        for (int moves = 0; !(await clerk.EvaluateAsync<string>("document.activeElement.matches('#queue tr') ? document.activeElement.textContent : ''")).Contains("童键盘", StringComparison.Ordinal); moves++)
        {
            Assert.True(moves < 60, "j did not reach the row");
            await clerk.Keyboard.PressAsync("j");
        }

        await clerk.Keyboard.PressAsync("Enter");
        await Expect(clerk.Locator("#fields")).ToContainTextAsync("童键盘");
        await clerk.FocusAsync("#enter");
        await clerk.Keyboard.PressAsync("Enter");
        await Expect(clerk.Locator("#sign")).ToBeVisibleAsync();
        await clerk.Keyboard.PressAsync("Escape");
        await Expect(clerk.Locator("#sign")).ToBeHiddenAsync();
        await Expect(clerk.Locator("#receipt")).ToBeHiddenAsync();
        await Expect(clerk.Locator("#file")).ToBeVisibleAsync(); // nothing is lost

        await clerk.FocusAsync("#enter");
        await clerk.Keyboard.PressAsync("Enter");
        await clerk.FocusAsync("#sign-go");
        await clerk.Keyboard.PressAsync("Enter");
        await Expect(clerk.Locator("#receipt")).ToContainTextAsync("童键盘");
    }

    [Fact]
    public async Task A_queue_shows_what_has_come_without_a_reload_and_in_the_order_that_is_asked_for()
    {
        IPage clerk = await stage.StaffAsync("ra-entry-clerk", "/desk/ra");
        await clerk.ClickAsync("[data-queue=submitted]");
        await Expect(clerk.Locator("[data-queue=submitted] .count")).ToHaveTextAsync(new Regex("[0-9]"));
        await clerk.EvaluateAsync("window.notReloaded = true");
        await Journey.AppliedAsync(stage, "安自动", "auto@example.cn");
        await Journey.AppliedAsync(stage, "丁自动", "auto@example.cn");
        await Expect(clerk.Locator("#queue tbody")).ToContainTextAsync("丁自动", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
        Assert.True(await clerk.EvaluateAsync<bool>("window.notReloaded === true"));
        await clerk.SelectOptionAsync("#q-order", "title"); // by name, as its characters are coded
        await Expect(clerk.Locator("#queue[aria-busy=false]")).ToBeVisibleAsync();
        await Expect(clerk.Locator("#trouble")).ToBeHiddenAsync();
        await Expect(clerk.Locator("#queue tbody tr", new PageLocatorOptions { HasText = "丁自动" })).ToBeVisibleAsync();
        IReadOnlyList<string> titles = await clerk.Locator("#queue tbody .title").AllInnerTextsAsync();
        Assert.True(titles.ToList().IndexOf("丁自动") < titles.ToList().IndexOf("安自动"));
        await clerk.CheckAsync("[name=overdue]");
        await Expect(clerk.Locator("#q-order")).ToBeDisabledAsync();
        await Expect(clerk.Locator("#empty")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_application_is_left_and_come_back_to_with_its_number_and_access_code()
    {
        IPage page = await stage.PageAsync();
        await page.GotoAsync("/apply/person-trial");
        foreach ((string field, string value) in new[] { ("personName", "任后续"), ("identityNumber", "110101199003074717"), ("phone", "13800138000"), ("email", "ren@example.cn") })
        {
            await page.FillAsync($"[name='field.{field}']", value);
        }

        await page.ClickAsync("[data-agent=request] button");
        await Expect(page.Locator("#request")).ToHaveValueAsync(new Regex("BEGIN CERTIFICATE REQUEST"));
        await page.FillAsync("#phrase", "点击也能撤销 2026");
        await page.CheckAsync("[name=accepted]");
        await page.ClickAsync("form button[type=submit]");
        string number = await page.Locator(".note code").Nth(0).InnerTextAsync();
        string code = await page.Locator(".note code").Nth(1).InnerTextAsync();
        await page.SetInputFilesAsync("input[type=file]", new FilePayload { Name = "id.png", MimeType = "image/png", Buffer = Journey.Paper });
        await Expect(page.Locator("img.preview")).ToBeVisibleAsync();
        await page.ClickAsync(".form.line button");
        await Expect(page.Locator(".form.line .good")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.Locator("main")).Not.ToContainTextAsync(code); // shown once
        await page.Context.DisposeAsync();

        // Another day, another browser, without script.
        IPage later = await stage.PageAsync(390, script: false);
        await later.GotoAsync("/applications?lang=en");
        await later.FillAsync("#id", number);
        await later.FillAsync("#token", "not the code");
        await later.ClickAsync("form[method=post] button");
        await Expect(later.Locator(".problem")).ToBeVisibleAsync();
        await later.GotoAsync("/applications?lang=en");
        await later.FillAsync("#id", number);
        await later.FillAsync("#token", code);
        await later.ClickAsync("form[method=post] button");
        await Expect(later.Locator(".form.line .good")).ToBeVisibleAsync(); // the paper is there still
        await later.ClickAsync("form[action*=submission] button");
        await Expect(later.Locator(".state")).ToContainTextAsync("Submitted");
    }
}
