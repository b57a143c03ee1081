using Xunit;

namespace Hufu.Modules.Tests.Hosting;

/// <summary>The secure state is the process's: who sets it runs alone.</summary>
[CollectionDefinition("the process's secure state", DisableParallelization = true)]
public sealed class AloneInTheProcess;
