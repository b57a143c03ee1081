using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Hufu.Demo.Scene;

/// <summary>Tells the story step by step as it happens, and keeps it for story.json: each step's clause, result and milliseconds.</summary>
internal sealed class StoryLog(TextWriter output)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<StoryStep> steps = [];

    /// <summary>Starts a chapter of the story.</summary>
    public void Chapter(int number, string zh, string en)
    {
        output.WriteLine();
        output.WriteLine($"{number}. {zh}  {en}");
    }

    /// <summary>Does a step; what it returns is its result in words.</summary>
    public async Task StepAsync(string clause, string what, Func<Task<string>> act)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            Keep(clause, what, await act(), watch, passed: true);
        }
        catch (Exception fault)
        {
            Keep(clause, what, fault.Message, watch, passed: false);
            throw;
        }
    }

    /// <summary>Does a step that must be refused with the named code; anything else fails the story.</summary>
    public Task RefusedAsync(string clause, string what, string code, Func<Task> act) => StepAsync(clause, what, async () =>
    {
        try
        {
            await act();
        }
        catch (PlatformRefusal refusal) when (refusal.Code == code)
        {
            return $"refused as it must be: {refusal.Message}";
        }

        throw new InvalidOperationException($"This had to be refused with {code} and was not.");
    });

    /// <summary>Writes story.json.</summary>
    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(steps, Json) + "\n");

    private void Keep(string clause, string what, string result, Stopwatch watch, bool passed)
    {
        var milliseconds = Math.Round(watch.Elapsed.TotalMilliseconds, 1);
        steps.Add(new StoryStep(clause, what, passed ? "done" : "failed", result, milliseconds));
        output.WriteLine($"   {(passed ? "✓" : "✗")} {what}");
        output.WriteLine($"     {result}  [{clause}, {milliseconds:0} ms]");
    }

    private sealed record StoryStep(string Clause, string Step, string Result, string Detail, double Milliseconds);
}
