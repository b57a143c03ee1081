using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests;

/// <summary>The command line, as people use it: short text scripts over the real binary (scripts/*.txt).</summary>
public sealed class ScriptTests
{
    public static TheoryData<string> Scripts =>
        [.. Directory.EnumerateFiles(Tree.At("tests", "Hufu.EndToEnd.Tests", "scripts"), "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Scripts))]
    public async Task Script(string name)
    {
        string text = await File.ReadAllTextAsync(Tree.At("tests", "Hufu.EndToEnd.Tests", "scripts", name + ".txt"), TestContext.Current.CancellationToken);
        using Workplace work = new();
        await new ScriptRunner(work).RunAsync(ScriptFile.Parse(text));
    }

    [Theory]
    [InlineData("exec false")]
    [InlineData("! exec true")]
    [InlineData("exec echo one\nstdout two")]
    [InlineData("exec echo one\n! stdout one")]
    [InlineData("exec sh -c 'echo one >&2'\nstderr two")]
    [InlineData("exists nothing")]
    [InlineData("! exists file\n-- file --\nx")]
    [InlineData("exec echo one\ncmp stdout file\n-- file --\none")]
    [InlineData("stdout one")]
    [InlineData("dance")]
    [InlineData("exec hufu-that-is-not-there")]
    public async Task A_script_that_does_not_hold_fails(string text)
    {
        using Workplace work = new();
        await Assert.ThrowsAnyAsync<Exception>(() => new ScriptRunner(work).RunAsync(ScriptFile.Parse(text)));
    }

    [Fact]
    public async Task Words_files_input_and_variables_do_what_the_runner_says()
    {
        using Workplace work = new();
        await new ScriptRunner(work).RunAsync(ScriptFile.Parse(
            """
            # a comment
            env NAME='it is'
            stdin folder/file
            exec sh -c 'cat; echo "$1" >&2' sh '$NAME ''so'''
            stdout ^inside$
            stderr '^it is ''so''$'
            cmp stdout folder/file
            exists folder/file $WORK/folder
            ! exists other
            cd folder
            exec ls
            stdout ^file$
            -- folder/file --
            inside
            """ + "\n"));
    }

    [Fact]
    public void A_quote_that_does_not_end_is_refused() => Assert.Throws<FormatException>(() => ScriptFile.Parse("exec 'x"));
}
