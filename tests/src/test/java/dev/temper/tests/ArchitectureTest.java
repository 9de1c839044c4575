package dev.temper.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of docs/architecture.md, held. */
@AnalyzeClasses(packages = "dev.temper", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule shouldLetModulesDependDownwardsOnly = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("dev.temper..")
            .layer("schemas")
            .definedBy("dev.temper.schemas..")
            .layer("model-runtime")
            .definedBy("dev.temper.runtime..")
            .layer("model-training")
            .definedBy("dev.temper.training..")
            .layer("streams-app")
            .definedBy("dev.temper.app..")
            .layer("sandbox")
            .definedBy("dev.temper.sandbox..")
            .layer("benchmarks")
            .definedBy("dev.temper.benchmarks..")
            .whereLayer("benchmarks")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("sandbox")
            .mayOnlyBeAccessedByLayers("benchmarks")
            .whereLayer("streams-app")
            .mayOnlyBeAccessedByLayers("sandbox", "benchmarks")
            .whereLayer("model-training")
            .mayOnlyBeAccessedByLayers("streams-app", "benchmarks")
            .whereLayer("model-runtime")
            .mayOnlyBeAccessedByLayers("model-training", "streams-app", "sandbox", "benchmarks")
            .whereLayer("schemas")
            .mayOnlyBeAccessedByLayers("streams-app", "sandbox", "benchmarks");

    @ArchTest
    static final ArchRule shouldLetTheRuntimesPackagesDependOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("dev.temper.runtime..")
            .layer("torch")
            .definedBy("dev.temper.runtime.torch..")
            .layer("text")
            .definedBy("dev.temper.runtime.text..")
            .layer("lm")
            .definedBy("dev.temper.runtime.lm..")
            .layer("decode")
            .definedBy("dev.temper.runtime.decode..")
            .layer("sasa")
            .definedBy("dev.temper.runtime.sasa..")
            .layer("score")
            .definedBy("dev.temper.runtime.score..")
            .layer("serve")
            .definedBy("dev.temper.runtime.serve..")
            .layer("verify")
            .definedBy("dev.temper.runtime.verify..")
            .whereLayer("verify")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("serve")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("sasa")
            .mayOnlyBeAccessedByLayers("serve", "verify")
            .whereLayer("score")
            .mayOnlyBeAccessedByLayers("serve")
            .whereLayer("decode")
            .mayOnlyBeAccessedByLayers("sasa", "serve", "verify");

    @ArchTest
    static final ArchRule shouldHaveNoCyclesBetweenPackages =
            slices().matching("dev.temper.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule shouldKeepKafkaAndAvroOutOfTheModel = noClasses()
            .that()
            .resideInAnyPackage("dev.temper.runtime..", "dev.temper.training..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.apache.avro..");

    @ArchTest
    static final ArchRule shouldKeepTheEngineOutOfTheStreams = noClasses()
            .that()
            .resideInAnyPackage("dev.temper.app.topology..", "dev.temper.app.policy..", "dev.temper.sandbox..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl..");

    @ArchTest
    static final ArchRule shouldCompileAgainstNoConfluentClass = noClasses()
            .that()
            .resideInAPackage("dev.temper..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.confluent..");

    @ArchTest
    static final ArchRule shouldKeepDjlsNativeBridgeInOnePackage = noClasses()
            .that()
            .resideInAPackage("dev.temper..")
            .and()
            .resideOutsideOfPackage("dev.temper.runtime.torch..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl.pytorch..");
}
