using Hufu.Contracts;
using Hufu.Demo.Scene;

namespace Hufu.Demo.Steps;

/// <summary>3. The clerk enters, the vetter approves; nobody does both. 4. The CA issues the pair.</summary>
internal static class Chapter3Vet
{
    public static async Task PlayAsync(Stage stage)
    {
        var id = stage.Organisation.Application;
        var application = new ApplicationCreated(id, stage.Organisation.AccessToken, []);
        stage.Log.Chapter(3, "录入与审核：两个人，各用自己的证书", "Entry and vetting: two people, each with their own certificate");
        await stage.Log.StepAsync("6.1.3.2-f", "The clerk sees the application in the queue, reads data and papers, and enters it", async () =>
        {
            var row = await Applying.FindAsync(stage, stage.Clerk, ApplicationState.Submitted, id);
            var file = await Applying.ReadAsync(stage, stage.Clerk, row);
            await Applying.EnterAsync(stage, stage.Clerk, row);
            return $"{row.Title}, due {row.Due:u}; {file.Fields.Count} fields and {file.Evidence.Count} papers read; entered by {stage.Clerk.Name}";
        });
        await stage.Log.RefusedAsync("6.6.1.2-d", "The clerk tries to approve what they entered", "role-missing", async () =>
            await Applying.ApproveAsync(stage, stage.Clerk, await Applying.FindAsync(stage, stage.Vetter, ApplicationState.Entered, id)));
        await stage.Log.StepAsync("6.2.2.2-a", "The vetter reads the papers, answers every check and approves", async () =>
        {
            var row = await Applying.FindAsync(stage, stage.Vetter, ApplicationState.Entered, id);
            await Applying.ReadAsync(stage, stage.Vetter, row);
            await Applying.ApproveAsync(stage, stage.Vetter, row);
            return $"approved by {stage.Vetter.Name}";
        });
        stage.Log.Chapter(4, "签发：密封的命令，密钥管理中心的加密密钥对，两张证书", "Issue: sealed order, encryption pair from the key centre, two certificates");
        await stage.Log.StepAsync("6.2.3.1-a", "RA → CA sealed order; CA → KMC request of GM/T 0014; signing and encryption certificate issued in twelve steps", async () =>
        {
            var status = await Applying.WaitAsync(stage, application, ApplicationState.Issued);
            return $"signing {status.SigningSerial}, encryption {status.EncryptionSerial}";
        });
        await stage.Log.StepAsync("6.6.1.4-d", "An auditor keeps the CA ledger's head of this moment", async () =>
        {
            stage.EarlierHead = await stage.Platform.GetBytesAsync("/api/ca/ledger/head");
            return System.Text.Encoding.UTF8.GetString(stage.EarlierHead).Trim();
        });
    }
}
