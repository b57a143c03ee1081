using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>A vetter calls back by code: a number found independently, a wrong code refused, the right one evidence of the finding.</summary>
[Collection(nameof(BrowserStage))]
public sealed partial class CallBackTests(BrowserStage stage)
{
    [Fact]
    public async Task A_vetter_calls_back_by_code_and_the_answer_is_evidence()
    {
        (IPage holder, _) = await Journey.AppliedAsync(stage, "白回拨", "bai@example.cn");
        await Journey.EnterAsync(stage, "白回拨");
        IPage vetter = await stage.StaffAsync("ra-vetter", "/desk/ra");
        await Expect(vetter.Locator("[data-queue=entered]")).ToHaveAttributeAsync("aria-pressed", "true"); // a vetter begins with what is theirs
        await Journey.OpenAsync(vetter, "entered", "白回拨");
        ILocator check = vetter.Locator("#checks li[data-id=authorised]");
        await check.Locator(".means").SelectOptionAsync("call-back");
        await check.Locator(".number").FillAsync("13912345678");
        await check.Locator(".origin").FillAsync("114 查号台");
        await check.Locator(".spoke").FillAsync("白回拨本人");
        await check.Locator(".call button").First.ClickAsync();
        await Expect(vetter.Locator("#sign-on")).ToContainTextAsync("13912345678");
        await vetter.ClickAsync("#sign-go");
        await Expect(check.Locator("[role=status]")).ToContainTextAsync("前有效");
        string code = await CodeAsync("13912345678");
        await check.Locator(".code").FillAsync(code == "000000" ? "000001" : "000000");
        await check.Locator(".call button").Nth(1).ClickAsync();
        await Expect(vetter.Locator("#trouble")).ToContainTextAsync("验证码不正确");
        await check.Locator(".code").FillAsync(code);
        await check.Locator(".call button").Nth(1).ClickAsync();
        await Expect(check.Locator("[role=status]")).ToContainTextAsync("回拨已证实");
        await check.Locator(".ok").CheckAsync();
        ILocator other = vetter.Locator("#checks li[data-id=exists]");
        await other.Locator(".ok").CheckAsync();
        await other.Locator(".means").SelectOptionAsync("document");
        await BrowserStage.ShootAsync(vetter, "desk-call-back");
        await vetter.ClickAsync("#approve");
        await vetter.ClickAsync("#sign-go");
        await Expect(vetter.Locator("#receipt")).ToContainTextAsync("白回拨");
        await Expect(holder.Locator(".state")).ToContainTextAsync("待领取", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
    }

    // The stage's short messages lie in a folder; a minute and a half at most.
    private async Task<string> CodeAsync(string number)
    {
        DirectoryInfo folder = new(Path.Combine(stage.Data, "ra", "sms"));
        for (int tries = 0; tries < 450; tries++)
        {
            foreach (FileInfo file in folder.Exists ? folder.GetFiles("*.txt") : [])
            {
                string text = await File.ReadAllTextAsync(file.FullName);
                if (text.Contains(number, StringComparison.Ordinal) && Code().Match(text) is { Success: true } found)
                {
                    return found.Groups[1].Value;
                }
            }

            await Task.Delay(200);
        }

        throw new InvalidOperationException($"No short message came to {number} within 90 seconds.");
    }

    [GeneratedRegex("code ([0-9]{6})")]
    private static partial Regex Code();
}
