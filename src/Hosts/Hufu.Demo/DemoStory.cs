using Hufu.Demo.Scene;
using Hufu.Demo.Steps;

namespace Hufu.Demo;

/// <summary>The main job, end to end: a dual certificate's whole life through the public doors, from an empty platform to a verified ledger.</summary>
public static class DemoStory
{
    /// <summary>Plays the story and leaves its files in the out directory.</summary>
    /// <returns>0 when every step came out as it must; the failing step throws otherwise.</returns>
    public static async Task<int> PlayAsync(DemoOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        Directory.CreateDirectory(options.OutDirectory);
        using var stage = new Stage(options);
        try
        {
            await Chapter1Initialise.PlayAsync(stage);
            await Chapter2Apply.PlayAsync(stage);
            await Chapter3Vet.PlayAsync(stage);
            await Chapter5Deliver.PlayAsync(stage);
            await Chapter6Use.PlayAsync(stage);
            await Chapter7Server.PlayAsync(stage);
            await Chapter8RenewAndRevoke.PlayAsync(stage);
            await Chapter9Ledger.PlayAsync(stage, cancellationToken);
        }
        finally
        {
            stage.Log.Save(Path.Combine(options.OutDirectory, "story.json"));
            await File.WriteAllTextAsync(Path.Combine(options.OutDirectory, "ceremony.md"), string.Join("\n\n", stage.Ceremony), CancellationToken.None);
        }

        return 0;
    }
}
