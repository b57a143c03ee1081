using Hufu.Contracts;
using Hufu.Demo.Scene;

namespace Hufu.Demo.Steps;

/// <summary>2. An organisation applies for a unit certificate.</summary>
internal static class Chapter2Apply
{
    public const string ChallengePhrase = "北风卷地白草折";
    public const string Email = "agent@example.cn";

    public static Dictionary<string, string> Fields() => new()
    {
        ["organisationName"] = "北京虎符示范科技有限公司",
        ["creditCode"] = "91110108MA01HF261H",
        ["agentName"] = "卫经办",
        ["agentIdentityNumber"] = "110101199003076632",
        ["agentPhone"] = "13800000000",
        ["agentEmail"] = Email,
    };

    public static async Task PlayAsync(Stage stage)
    {
        stage.Log.Chapter(2, "单位申请机构证书", "An organisation applies for its unit certificate");
        var holder = Holder.WithToken(Path.Combine(stage.Options.OutDirectory, "tokens", "holder-organisation"), Fields()["organisationName"], "holder-pin-1");
        stage.Organisation = holder;
        await stage.Log.RefusedAsync("6.2.1.3-a", "A social credit code with a wrong check digit is refused", "checksum-wrong", () =>
        {
            var wrong = Fields();
            wrong["creditCode"] = "91110108MA01HF2610";
            return Applying.SubmitAsync(stage, "organisation", wrong, holder.Request(), ChallengePhrase);
        });
        await stage.Log.StepAsync("6.2.1.3-a", "Form, agreement, challenge phrase, licence and sealed authorisation handed in; PKCS#10 from the applicant's own token", async () =>
        {
            var created = await Applying.SubmitAsync(stage, "organisation", Fields(), holder.Request(), ChallengePhrase);
            (holder.Application, holder.AccessToken) = (created.Id, created.AccessToken);
            var status = await stage.Platform.GetAsync<ApplicationStatus>($"/api/ra/applications/{created.Id}", created.AccessToken);
            return $"application {created.Id}, {status.State}, to be answered by {status.Due:u}";
        });
    }
}
